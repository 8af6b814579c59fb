import { expect, it } from 'vitest';
import { runChaos } from './runs.ts';

const WITHIN_MS = 600_000;
it(
  'loses, repeats and reorders nothing, whatever breaks: app, relay, network, WhatsApp, clocks',
  async () => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const result = await runChaos({ seed: 'test', from: 0, count: 20, say });
    expect(result, lines.join('\n')).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, divergent: 0 });
    expect(result.sent).toBeGreaterThan(20);
  },
  WITHIN_MS,
);
