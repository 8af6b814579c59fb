import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createAdministration, type Administration } from '../accounts/administration.ts';
import { createSecretBox } from '../accounts/secrets.ts';
import { createIntegrationKeys, type IntegrationKeys } from '../appointments/integration-keys.ts';
import { systemClock } from '../clock.ts';
import { createDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { RelaySettings } from '../settings.ts';
import { openDatabase, readSecret, UsageError } from './environment.ts';

const MINIMUM_PASSWORD = 12;

/** Reads options by a schema; a missing or odd one is named with its dash. */
function options<Schema extends z.ZodObject>(
  schema: Schema,
  argv: string[],
): z.output<Schema> & { data?: string } {
  const names = [...Object.keys(schema.shape), 'data'];
  const { values } = parseArgs({
    args: argv,
    options: Object.fromEntries(
      names.map((name) => [name, { type: name === 'admin' ? ('boolean' as const) : ('string' as const) }]),
    ),
  });
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map(({ path }) => `--${path.join('.')}`))];
    throw new UsageError(`Missing or not valid: ${wrong.join(', ')}.`);
  }
  const { data } = values;
  return { ...parsed.data, ...(typeof data === 'string' ? { data } : {}) };
}

async function administer<Result>(
  data: string | undefined,
  secretKey: string,
  work: (administration: Administration) => Promise<Result>,
): Promise<Result> {
  const opened = await openDatabase(data);
  const database = createDatabase({ url: opened.url, poolSize: 2 });
  try {
    await migrate(opened.url);
    return await work(
      createAdministration({ database, secrets: createSecretBox(secretKey), clock: systemClock }),
    );
  } finally {
    await database.close();
    await opened.close();
  }
}

const isTimeZone = (zone: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
};

/** Prints the new clinic's id. */
export async function addClinic(argv: string[]): Promise<number> {
  const clinic = options(
    z.object({
      name: z.string().min(1),
      'time-zone': z.string().refine(isTimeZone).default('Europe/Madrid'),
    }),
    argv,
  );
  const { id } = await administer(clinic.data, '', (administration) =>
    administration.createClinic({ name: clinic.name, timeZone: clinic['time-zone'] }),
  );
  process.stdout.write(`${id}\n`);
  return 0;
}

/** Prints the new agent's id. */
export async function addAgent(argv: string[]): Promise<number> {
  const agent = options(
    z.object({
      clinic: z.uuid(),
      name: z.string().min(1),
      email: z.email(),
      admin: z.boolean().default(false),
    }),
    argv,
  );
  const password = await readSecret('Password');
  if (password.length < MINIMUM_PASSWORD) {
    throw new UsageError(`A password needs at least ${MINIMUM_PASSWORD} characters.`);
  }
  const { id } = await administer(agent.data, '', (administration) =>
    administration.createAgent({
      clinicId: agent.clinic,
      name: agent.name,
      email: agent.email,
      password,
      role: agent.admin ? 'admin' : 'agent',
    }),
  );
  process.stdout.write(`${id}\n`);
  return 0;
}

/** Prints a code with which somebody who forgot the password chooses a new one. */
export async function giveAccessCode(argv: string[]): Promise<number> {
  const agent = options(z.object({ email: z.email() }), argv);
  const given = await administer(agent.data, '', (administration) =>
    administration.giveAccessCode(agent.email),
  );
  if (given === null) throw new UsageError('Nobody signs in with this address.');
  process.stdout.write(`${given.accessCode}\n`);
  return 0;
}

export async function connectNumber(argv: string[]): Promise<number> {
  const number = options(
    z.object({
      clinic: z.uuid(),
      'phone-number-id': z.string().regex(/^\d+$/),
      'waba-id': z.string().regex(/^\d+$/),
      'display-phone': z.string().regex(/^\+[1-9]\d{4,14}$/),
    }),
    argv,
  );
  const secretKey = RelaySettings.shape.secretKey.safeParse(process.env['RECADO_SECRET_KEY']);
  if (!secretKey.success) throw new UsageError('RECADO_SECRET_KEY must be set, with 32 characters or more.');
  const accessToken = await readSecret('Access token');
  await administer(number.data, secretKey.data, (administration) =>
    administration.connectNumber({
      clinicId: number.clinic,
      phoneNumberId: number['phone-number-id'],
      wabaId: number['waba-id'],
      displayPhone: number['display-phone'],
      accessToken,
    }),
  );
  return 0;
}

async function manageKeys<Result>(
  data: string | undefined,
  work: (keys: IntegrationKeys) => Promise<Result>,
): Promise<Result> {
  const opened = await openDatabase(data);
  const database = createDatabase({ url: opened.url, poolSize: 2 });
  try {
    await migrate(opened.url);
    return await work(createIntegrationKeys({ database, clock: systemClock }));
  } finally {
    await database.close();
    await opened.close();
  }
}

/** Prints a new key, which is shown this once. */
export async function addIntegrationKey(argv: string[]): Promise<number> {
  const wanted = options(z.object({ clinic: z.uuid(), name: z.string().trim().min(1).max(60) }), argv);
  const added = await manageKeys(wanted.data, (keys) => keys.add(wanted.clinic, { name: wanted.name }));
  if (added === null) throw new UsageError('This key exists already.');
  process.stdout.write(`${added.key}\n`);
  return 0;
}

/** Prints a line for each key: id, day it was made, day it was last used, name. */
export async function listIntegrationKeys(argv: string[]): Promise<number> {
  const wanted = options(z.object({ clinic: z.uuid() }), argv);
  const keys = await manageKeys(wanted.data, (all) => all.list(wanted.clinic));
  for (const { id, name, createdAt, lastUsedAt } of keys) {
    process.stdout.write(
      `${id}  ${createdAt.slice(0, 10)}  ${lastUsedAt?.slice(0, 10) ?? 'never used'}  ${name}\n`,
    );
  }
  return 0;
}

export async function removeIntegrationKey(argv: string[]): Promise<number> {
  const wanted = options(z.object({ clinic: z.uuid(), id: z.uuid() }), argv);
  const removed = await manageKeys(wanted.data, (keys) => keys.remove(wanted.clinic, wanted.id));
  if (!removed) throw new UsageError('The clinic has no such key.');
  return 0;
}
