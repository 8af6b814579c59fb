/** The app without Electron in a process of its own, told what to do by its parent. See core-process.ts. */
import { uptime } from 'node:os';
import { systemScheduler } from '../src/main/lib/time.ts';
import { createTestVault, startApp, type TestApp } from '../src/main/testing/app.ts';
import type { CallInput, CallName } from '../src/shared/contract/index.ts';
import type { FromCore, ToCore } from './core-process.ts';

const send = (message: FromCore) => process.send?.(message);

/** What the PC's calendar clock is wrong by, milliseconds. */
let wallSkewMs = 0;

async function start(message: Extract<ToCore, { type: 'start' }>): Promise<TestApp> {
  const { folder, isHurried } = message;
  wallSkewMs = message.wallSkewMs;
  const app = await startApp(
    {
      folder,
      paths: { data: `${folder}/clinic`, settings: `${folder}/settings.json` },
      vault: createTestVault(),
      files: async () => [],
      remove: async () => {},
    },
    {
      ...(isHurried ? {} : { scheduler: systemScheduler, checkOutput: false }),
      clocks: {
        wall: () => Date.now() + wallSkewMs,
        monotonic: () => performance.now(),
        uptime: () => uptime() * 1_000,
      },
      log: (name, fields) => send({ type: 'log', name, fields }),
    },
  );
  app.core.onEvent((name, payload) => send({ type: 'event', name, payload }));
  return app;
}

let running: Promise<TestApp> | null = null;

async function answer(message: ToCore): Promise<unknown> {
  switch (message.type) {
    case 'start': {
      running = start(message);
      return (await running).state();
    }
    case 'call':
      return (await running!).call(message.name as CallName, message.input as CallInput<CallName>);
    case 'wake':
      (await running!).core.wake(message.reason);
      return null;
    case 'setWallSkew':
      wallSkewMs = message.milliseconds;
      return null;
    case 'peakMemory':
      return process.resourceUsage().maxRSS / 1_024;
    case 'close':
      await (await running!).close();
      return null;
  }
}

process.on('message', (message: ToCore & { id: number }) => {
  answer(message).then(
    (output) => {
      send({ type: 'answer', id: message.id, output });
      if (message.type === 'close') process.disconnect();
    },
    (error: unknown) =>
      send({ type: 'failed', id: message.id, reason: error instanceof Error ? error.name : 'unknown' }),
  );
});
// A parent that is gone needs nothing any more.
process.on('disconnect', () => process.exit());
