import { createHmac } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { API_BASE } from '@recado/protocol';
import { z } from 'zod';
import { createThrowawayTargets, type ReplayTarget, type ReplayTargets } from './replay-target.ts';

/** One line of output: what a file led to. */
export interface ReplayLine {
  file: string;
  /** HTTP status of the relay's answer; null when there was none. */
  http: number | null;
  effects: ({ kind: string } & Record<string, unknown>)[];
}

/** Where output goes and settings come from; the process itself by default. */
export interface ReplayIo {
  out(line: string): void;
  error(line: string): void;
  environment: NodeJS.ProcessEnv;
}

const USAGE =
  'usage: replay <file-or-folder>… [--relay URL --app-secret SECRET --operator-token TOKEN]\n' +
  '       (or RECADO_RELAY_URL, WHATSAPP_APP_SECRET, RECADO_OPERATOR_TOKEN; without a relay, a throwaway one)';

const processIo: ReplayIo = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
  environment: process.env,
};

const Outcome = z.object({
  state: z.string(),
  effects: z.array(z.looseObject({ kind: z.string() })),
});
/** Longest wait for an answer, and for a webhook to be processed, milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;
const PROCESSING_WAIT_MS = 30_000;

/** A sentence for whoever typed the command; ends the replay with exit code 2. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The files to send, by name: one file, or every JSON file of a folder. */
async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new UsageError(`replay: no such file or folder: ${path}`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new UsageError(`replay: no JSON files in ${path}`);
  return names.map((name) => join(path, name));
}

/** Posts the exact bytes as Meta would, then asks what they did. */
async function replayFile(path: string, target: ReplayTarget): Promise<ReplayLine> {
  const file = basename(path);
  const bytes = await readFile(path);
  const signature = createHmac('sha256', target.appSecret).update(bytes).digest('hex');
  const response = await fetch(new URL('/webhooks/whatsapp', target.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body: new Uint8Array(bytes),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  }).catch(() => null);
  if (!response) return { file, http: null, effects: [] };
  await response.arrayBuffer();
  const eventId = response.headers.get('x-webhook-event');
  if (!response.ok || eventId === null) return { file, http: response.status, effects: [] };
  return { file, http: response.status, effects: await effectsOf(eventId, target) };
}

async function effectsOf(eventId: string, target: ReplayTarget): Promise<ReplayLine['effects']> {
  const address = new URL(`${API_BASE}/operator/webhook-events/${eventId}`, target.url);
  address.searchParams.set('wait', String(PROCESSING_WAIT_MS));
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${target.operatorToken}` },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (response.status === 401) {
    throw new UsageError('replay: the relay does not accept this operator token');
  }
  if (response.status === 404) {
    throw new UsageError('replay: the relay has no operator routes; give it RECADO_OPERATOR_TOKEN');
  }
  if (!response.ok) throw new Error(`the relay answered ${response.status} when asked about a webhook`);
  return Outcome.parse(await response.json()).effects;
}

interface Arguments {
  paths: string[];
  target: ReplayTarget | null;
}

function readArguments(argv: string[], environment: NodeJS.ProcessEnv): Arguments {
  const options = {
    relay: { type: 'string' },
    'app-secret': { type: 'string' },
    'operator-token': { type: 'string' },
  } as const;
  const parse = () => parseArgs({ args: argv, options, allowPositionals: true });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch {
    throw new UsageError(USAGE);
  }
  const paths = parsed.positionals;
  if (paths.length === 0) throw new UsageError(USAGE);
  const url = parsed.values.relay ?? environment['RECADO_RELAY_URL'];
  if (!url) return { paths, target: null };
  if (!URL.canParse(url)) throw new UsageError(`replay: not an address: ${url}`);
  const appSecret = parsed.values['app-secret'] ?? environment['WHATSAPP_APP_SECRET']?.split(',')[0]?.trim();
  const operatorToken = parsed.values['operator-token'] ?? environment['RECADO_OPERATOR_TOKEN'];
  if (!appSecret || !operatorToken) {
    throw new UsageError('replay: a relay needs --app-secret and --operator-token, too');
  }
  return { paths, target: { url, appSecret, operatorToken } };
}

const always = (target: ReplayTarget): ReplayTargets => ({
  withTarget: (work) => work(target),
  close: async () => {},
});

/**
 * `npm run relay -- replay <file-or-folder>`: posts webhook bodies into a relay and prints a line of JSON for each.
 * Returns the exit code: 0 when every file got an answer, 1 when one did not, 2 for a command that makes no sense.
 */
export async function replay(argv: string[], io: ReplayIo = processIo): Promise<number> {
  try {
    const { paths, target } = readArguments(argv, io.environment);
    const files = (await Promise.all(paths.map(filesOf))).flat();
    const targets = target ? always(target) : await createThrowawayTargets();
    let answered = true;
    try {
      for (const file of files) {
        const line = await targets.withTarget((each) => replayFile(file, each));
        answered &&= line.http !== null;
        io.out(JSON.stringify(line));
      }
    } finally {
      await targets.close();
    }
    if (!answered) io.error('replay: the relay gave no answer');
    return answered ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.error(error.message);
    return 2;
  }
}
