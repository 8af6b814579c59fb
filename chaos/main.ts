/** `npm run chaos -- --runs N --seed S [--from K]`: breaks everything at random; prints one JSON line, last. */
import { parseArgs } from 'node:util';
import { startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { runChaos } from './runs.ts';

const RUNS = 100;

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, from: { type: 'string' } },
});
const whole = (text: string | undefined, otherwise: number): number => {
  const number = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(number) || number < 0) throw new TypeError('--runs and --from are whole numbers');
  return number;
};

const { stop, ...server } = await startDatabaseServer();
try {
  const result = await runChaos({
    seed: values.seed ?? '1',
    from: whole(values.from, 0),
    count: whole(values.runs, RUNS),
    server,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.lost + result.duplicated + result.outOfOrder + result.divergent === 0 ? 0 : 1;
} finally {
  await stop();
}
