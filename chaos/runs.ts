import { createRandom } from '../relay/sandbox/random.ts';
import type { DatabaseServer } from '../relay/sandbox/testing/database.ts';
import { createRun } from './perform.ts';
import { writeScript } from './script.ts';
import { settle } from './verdict.ts';
import { createChaosWorld, type ChaosWorld } from './world.ts';

/** A world grows with its runs; a new one keeps comparing quick. */
const RUNS_PER_WORLD = 50;
const SETTLE_WITHIN_MS = 30_000;

export interface ChaosResult {
  runs: number;
  seed: string;
  sent: number;
  lost: number;
  duplicated: number;
  outOfOrder: number;
  /** Runs after which PC and relay did not agree. */
  divergent: number;
  failedVisibly: number;
}

/**
 * Runs `count` runs of one seed, beginning with number `from`. Each has a script of its own made of the seed and its
 * number, and patients of its own, so that one run can be repeated alone.
 */
export async function runChaos(options: {
  seed: string;
  from: number;
  count: number;
  server?: DatabaseServer;
  say: (line: string) => void;
}): Promise<ChaosResult> {
  const { seed, from, count, server, say } = options;
  const result: ChaosResult = {
    ...{ runs: count, seed, sent: 0, lost: 0, duplicated: 0, outOfOrder: 0, divergent: 0, failedVisibly: 0 },
  };
  let note: (line: string) => void = () => undefined;
  let world: ChaosWorld | null = null;
  const startedAt = performance.now();
  try {
    for (let index = from; index < from + count; index += 1) {
      if ((index - from) % RUNS_PER_WORLD === 0) {
        await world?.close();
        world = await createChaosWorld({
          ...(server ? { server } : {}),
          seed: `${seed}/${index}`,
          onLog: (line) => note(line),
        });
      }
      const here = world!;
      const random = createRandom(`${seed}/${index}`);
      const run = await createRun(here, `v${index}`, `6${String(index).padStart(7, '0')}`);
      note = run.log;
      for (const step of writeScript(random)) await run.perform(step);
      await run.heal();
      const verdict = await settle(here, run.journal, SETTLE_WITHIN_MS);
      result.sent += verdict.sent;
      result.lost += verdict.lost;
      result.duplicated += verdict.duplicated;
      result.outOfOrder += verdict.outOfOrder;
      result.failedVisibly += verdict.failedVisibly;
      if (verdict.differences.length > 0) {
        result.divergent += 1;
        say(`run ${index} of seed ${seed}:`);
        for (const line of [...run.journal.log, ...verdict.differences]) say(`  ${line}`);
        // What it left behind must not be found again after the next ones.
        await here.close();
        world = null;
        if (index + 1 < from + count)
          world = await createChaosWorld({
            ...(server ? { server } : {}),
            seed: `${seed}/${index}`,
            onLog: (line) => note(line),
          });
      }
      const done = index - from + 1;
      if (done % 25 === 0)
        say(
          `${done} runs, ${Math.round((performance.now() - startedAt) / done)} ms each, ${JSON.stringify(result)}`,
        );
    }
  } finally {
    await world?.close();
  }
  return result;
}
