import { expect, it } from 'vitest';
import { runChaos } from './runs.ts';

const WITHIN_MS = 600_000;
const nothingWrong = { lost: 0, duplicated: 0, outOfOrder: 0, divergent: 0 };

/** Runs of one seed, and what is to be said when something goes wrong. */
async function run(seed: string, from: number, count: number) {
  const lines: string[] = [];
  const result = await runChaos({ seed, from, count, say: (line) => void lines.push(line) });
  return { result, story: lines.join('\n') };
}

it(
  'loses, repeats and reorders nothing, whatever breaks: app, relay, network, WhatsApp, clocks',
  async () => {
    const { result, story } = await run('test', 0, 20);
    expect(result, story).toMatchObject(nothingWrong);
    expect(result.sent).toBeGreaterThan(20);
  },
  WITHIN_MS,
);

it(
  'does not go on saying that something waits when its answer was lost and its message came',
  async () => {
    const { result, story } = await run('b', 79, 1);
    expect(result, story).toMatchObject(nothingWrong);
  },
  WITHIN_MS,
);
