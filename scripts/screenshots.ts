// `npm run screenshots`: the pictures of the README, taken of the real app at the demo clinic.
import type { Page } from '@playwright/test';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openDesk } from '../e2e/support/desk.ts';
import { inbox } from '../e2e/support/inbox.ts';
import { startDemo } from '../relay/sandbox/demo.ts';
import { ensureBuilt } from './build.ts';
import { openDisplay } from './display.ts';
import { prepareMachine } from './prepare.ts';
import { repositoryFolder } from './runtime/folders.ts';
import { runAsProgram } from './runtime/program.ts';

const folder = path.join(repositoryFolder, 'docs', 'screenshots');
const size = { width: 1280, height: 800 };
const patient = 'Lucía Martín';

await runAsProgram(async (log) => {
  const runtime = await prepareMachine(log);
  await ensureBuilt(log);
  const display = await openDisplay();
  Object.assign(process.env, display.environment);
  const data = await mkdtemp(path.join(os.tmpdir(), 'recado-screenshots-'));
  const demo = await startDemo({ folder: data, fresh: true, port: 0, quietPatients: true });
  let isDemoOpen = true;
  await mkdir(folder, { recursive: true });
  try {
    const desk = await openDesk({
      runtime,
      size,
      environment: {
        RECADO_DEMO_RELAY_URL: demo.relayUrl,
        RECADO_DEMO_EMAIL: demo.email,
        RECADO_DEMO_PASSWORD: demo.password,
      },
    });
    const { window } = desk;
    const view = inbox(window);
    const picture = (name: string) => pictureInBothThemes(window, name, log);

    await window.getByRole('button', { name: 'Probar con la clínica de demostración' }).waitFor();
    await picture('first-run');
    await window.getByRole('button', { name: 'Probar con la clínica de demostración' }).click();
    await view.upToDate().waitFor();
    await view.row(patient).waitFor();
    await picture('inbox');
    await view.open(patient);
    await picture('thread');

    isDemoOpen = false;
    await demo.close();
    await window
      .getByText(/Sin conexión desde/)
      .first()
      .waitFor();
    await view.answer('Te lo confirmo en cuanto vuelva la conexión.');
    await view.message(patient, 'Te lo confirmo').waitFor();
    await picture('offline');
    await desk.close();
  } finally {
    if (isDemoOpen) await demo.close();
    display.stop();
    await rm(data, { recursive: true, force: true });
  }
  return 0;
});

async function pictureInBothThemes(window: Page, name: string, log: (line: string) => void): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await window.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await window.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`), caret: 'hide' });
    log(`docs/screenshots/${name}-${colorScheme}.png`);
  }
}
