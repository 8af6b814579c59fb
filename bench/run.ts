/** `npm run bench -- <name> [options]`: runs one benchmark and prints its result as one JSON line, last. */
import { parseArgs } from 'node:util';

const benchmarks: Record<string, () => Promise<{ run: (options: BenchOptions) => Promise<object> }>> = {
  latency: () => import('./latency.ts'),
  inbox: () => import('./inbox.ts'),
  sync: () => import('./sync.ts'),
  query: () => import('./query.ts'),
  startup: () => import('./startup.ts'),
};

export interface BenchOptions {
  /** How many samples to take, or how large a history to make. */
  messages: number | null;
  conversations: number | null;
}

/** A positive whole number, or null when the option was not given. Throws on anything else. */
function wholeNumber(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new TypeError(`--${name} is not a positive whole number`);
  return number;
}

const usage = `usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--messages N] [--conversations N]\n`;

async function main(): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { messages: { type: 'string' }, conversations: { type: 'string' }, help: { type: 'boolean' } },
    });
    const load = benchmarks[positionals[0] ?? ''];
    if (values.help || load === undefined) {
      process.stderr.write(usage);
      return values.help ? 0 : 2;
    }
    const options = {
      messages: wholeNumber('messages', values.messages),
      conversations: wholeNumber('conversations', values.conversations),
    };
    const { run } = await load();
    const result = await run(options);
    process.stdout.write(`${JSON.stringify({ bench: positionals[0], ...result })}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n${usage}`);
    return 2;
  }
}

process.exitCode = await main();
