/**
 * From the start of the process until the list of a full store is painted, beside an Electron window that shows one
 * line and nothing else: in turns, several times, medians compared. The relay runs, as it usually does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClinicWorld } from '../e2e/support/clinic.ts';
import { openDesk, type Desk } from '../e2e/support/desk.ts';
import { startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { ensureBuilt } from '../scripts/build.ts';
import { openDisplay } from '../scripts/display.ts';
import { resolveElectronRuntime } from '../scripts/electron-runtime.ts';
import type { AppState, Reply } from '../src/shared/contract/index.ts';
import { fillClinic } from './fill-clinic.ts';
import { timeStart } from './page-probe.ts';
import type { BenchOptions } from './run.ts';
import { percentile, say, summary } from './statistics.ts';

const MESSAGES = 100_000;
const MESSAGES_PER_CONVERSATION = 50;
const ROUNDS = 7;
const SIGN_IN_WITHIN_MS = 300_000;
const FILL_WITHIN_MS = 1_800_000;
const APP_FOLDER = fileURLToPath(new URL('..', import.meta.url));

const BARE_MAIN = `
import { app, BrowserWindow } from 'electron';
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile('page.html'));
app.on('window-all-closed', () => app.quit());
`;
const BARE_PAGE = '<!doctype html><meta charset="utf-8"><title>bare</title><ol><li>A line</li></ol>';

/** Waits until the PC holds the whole history. */
async function waitForHistory(desk: Desk): Promise<void> {
  await desk.window.waitForFunction(
    async () => {
      const bridge = (globalThis as unknown as { recado: { call(name: string, input: object): unknown } })
        .recado;
      const reply = (await bridge.call('app.state', {})) as Reply<AppState>;
      return reply.ok && reply.data.sync.isHistoryComplete;
    },
    null,
    { timeout: FILL_WITHIN_MS, polling: 1_000 },
  );
}

export async function run(options: BenchOptions): Promise<object> {
  const messages = options.messages ?? MESSAGES;
  const conversations =
    options.conversations ?? Math.max(1, Math.round(messages / MESSAGES_PER_CONVERSATION));
  await ensureBuilt(say);
  const display = await openDisplay();
  Object.assign(process.env, display.environment);
  const runtime = await resolveElectronRuntime();
  const { stop, ...server } = await startDatabaseServer();
  const clinic = await createClinicWorld(server);
  const bareFolder = await mkdtemp(join(tmpdir(), 'recado-bare-'));
  try {
    await fillClinic({ ...clinic, numberId: clinic.number.phoneNumberId }, { conversations, messages });
    const desk = await openDesk({ runtime });
    say('signing in and taking everything');
    await desk.signIn(clinic.relay.url, clinic.agent, { withinMs: SIGN_IN_WITHIN_MS });
    await waitForHistory(desk);
    await desk.quit();

    const manifest = { name: 'bare', type: 'module', main: 'main.js' };
    await writeFile(join(bareFolder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(bareFolder, 'main.js'), BARE_MAIN);
    await writeFile(join(bareFolder, 'page.html'), BARE_PAGE);
    const startOurs = () =>
      timeStart({
        runtime,
        appFolder: APP_FOLDER,
        profile: desk.profile,
        selector: '[role=listbox] [role=option]',
        isWanted: (url) => url.startsWith('app://'),
      });
    const startBare = () =>
      timeStart({
        runtime,
        appFolder: bareFolder,
        profile: join(bareFolder, 'profile'),
        selector: 'li',
        isWanted: (url) => url.startsWith('file://'),
      });
    const ours: number[] = [];
    const bare: number[] = [];
    // The first of each fills the caches of the disk and is not counted.
    for (let round = -1; round < ROUNDS; round += 1) {
      const [one, other] = [await startBare(), await startOurs()];
      say(`bare ${Math.round(one)} ms, ours ${Math.round(other)} ms`);
      if (round < 0) continue;
      bare.push(one);
      ours.push(other);
    }
    await rm(desk.profile, { recursive: true, force: true });
    return {
      messages,
      conversations,
      rounds: ROUNDS,
      ours: summary(ours),
      reference: summary(bare),
      ratio: Math.round((percentile(ours, 0.5) / percentile(bare, 0.5)) * 100) / 100,
      aim: { ratio: 1.6 },
    };
  } finally {
    await clinic.close();
    await stop();
    display.stop();
    await rm(bareFolder, { recursive: true, force: true });
  }
}
