/** `npm run bench -- <name> [options]`: runs one benchmark and prints its result as one JSON line, last. */
import { parseArgs } from 'node:util';

const benchmarks: Record<string, () => Promise<{ run: (options: BenchOptions) => Promise<object> }>> = {
  latency: () => import('./latency.ts'),
};

export interface BenchOptions {
  /** How many samples to take. */
  messages: number;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { messages: { type: 'string', default: '200' }, help: { type: 'boolean', default: false } },
});
const [name] = positionals;
const load = name === undefined ? undefined : benchmarks[name];
const messages = Number(values.messages);

if (values.help || load === undefined || !Number.isInteger(messages) || messages < 1) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--messages N]\n`);
  process.exitCode = values.help ? 0 : 2;
} else {
  const { run } = await load();
  const result = await run({ messages });
  process.stdout.write(`${JSON.stringify({ benchmark: name, ...result })}\n`);
}
