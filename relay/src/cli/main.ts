import { parseArgs } from 'node:util';
import { AlreadyExistsError } from '../accounts/administration.ts';
import { DirectoryInUseError } from '../db/embedded-postgres.ts';
import { DatabaseTooNewError, migrate } from '../db/migrate.ts';
import { UnknownClinicError } from '../feed/record.ts';
import { UnsafeRoleError } from '../index.ts';
import { describeError } from '../logger.ts';
import { SettingsError } from '../settings.ts';
import {
  addAgent,
  addClinic,
  addIntegrationKey,
  connectNumber,
  giveAccessCode,
  listIntegrationKeys,
  removeIntegrationKey,
} from './accounts.ts';
import { openDatabase, UsageError } from './environment.ts';
import { serve } from './serve.ts';

const HELP = `Usage: npm run relay -- <command> [options]

  serve                     Run the relay. Without DATABASE_URL it keeps a PostgreSQL of its own in --data.
      --data <folder>         where that PostgreSQL lives (default: .data/relay)
  migrate                   Bring the database up to date and stop.
  clinic add                Add a clinic and print its id.
      --name <name>  [--time-zone <IANA zone>]
  agent add                 Add somebody who answers. The password is read from standard input.
      --clinic <id> --name <name> --email <address> [--admin]
  agent access-code         Print a code with which somebody chooses a new password. It is good for seven days.
      --email <address>
  number connect            Give a clinic its WhatsApp number. The access token is read from standard input.
      --clinic <id> --phone-number-id <id> --waba-id <id> --display-phone <+34…>
  integration-key add       Print a key with which the clinic's practice software brings appointments.
      --clinic <id> --name <name>
  integration-key list      Print the keys a clinic has given out, without the keys themselves.
      --clinic <id>
  integration-key remove    Take a key back.
      --clinic <id> --id <id>
  replay <file or folder>…  Post webhook bodies into a running relay and print what each one did.

Every command takes --data <folder> where serve does, and --help.
Settings come from the environment: DATABASE_URL, RECADO_HOST, RECADO_PORT, RECADO_SECRET_KEY,
RECADO_OPERATOR_TOKEN, RECADO_UNKNOWN_NUMBERS, RECADO_BOT_SESSION_HOURS, RECADO_TRUST_PROXY, RECADO_LOG_LEVEL,
WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN, WHATSAPP_GRAPH_URL.
`;

/** Exit codes: 0 done, 1 it failed, 2 it was asked for wrongly. */
const FAILED = 1;
const MISUSED = 2;

async function run(argv: string[]): Promise<number> {
  const [first = '', second = ''] = argv;
  if (first === 'replay') {
    // Written apart from the relay's own commands: it talks to a running relay over HTTP.
    const { replay } = await import('./replay.ts');
    return replay(argv.slice(1));
  }
  if (first === '' || argv.includes('--help') || argv.includes('-h') || first === 'help') {
    process.stdout.write(HELP);
    return first === '' ? MISUSED : 0;
  }
  switch (first) {
    case 'serve':
      return serve(argv.slice(1));
    case 'migrate': {
      const { values } = parseArgs({ args: argv.slice(1), options: { data: { type: 'string' } } });
      const database = await openDatabase(values.data);
      try {
        const applied = await migrate(database.url);
        process.stdout.write(
          applied.length === 0 ? 'already up to date\n' : `applied ${applied.join(', ')}\n`,
        );
      } finally {
        await database.close();
      }
      return 0;
    }
  }
  switch (`${first} ${second}`) {
    case 'clinic add':
      return addClinic(argv.slice(2));
    case 'agent add':
      return addAgent(argv.slice(2));
    case 'agent access-code':
      return giveAccessCode(argv.slice(2));
    case 'number connect':
      return connectNumber(argv.slice(2));
    case 'integration-key add':
      return addIntegrationKey(argv.slice(2));
    case 'integration-key list':
      return listIntegrationKeys(argv.slice(2));
    case 'integration-key remove':
      return removeIntegrationKey(argv.slice(2));
  }
  throw new UsageError(`There is no command "${argv.slice(0, 2).join(' ')}".`);
}

/** A sentence for what went wrong; the stack only when it is a mistake of ours. */
function explain(error: unknown): { sentence: string; code: number } {
  if (error instanceof UsageError) return { sentence: `${error.message}\n\n${HELP}`, code: MISUSED };
  if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
    return { sentence: `${(error as Error).message}\n\n${HELP}`, code: MISUSED };
  }
  if (
    error instanceof SettingsError ||
    error instanceof AlreadyExistsError ||
    error instanceof DatabaseTooNewError ||
    error instanceof UnknownClinicError ||
    error instanceof DirectoryInUseError ||
    error instanceof UnsafeRoleError
  ) {
    return { sentence: error.message, code: FAILED };
  }
  const { error: name, code, frames } = describeError(error);
  const reason = code === 'ECONNREFUSED' ? 'The database cannot be reached.' : 'Something went wrong.';
  return { sentence: `${reason} (${[name, code].filter(Boolean).join(' ')})\n${frames ?? ''}`, code: FAILED };
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { sentence, code } = explain(error);
  process.stderr.write(`${sentence}\n`);
  process.exitCode = code;
}
