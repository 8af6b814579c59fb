// Runs when electron-builder has laid out the app. A runtime given as a folder is copied whole, so what only an
// unpackaged start needs is taken out again here.
import fs from 'node:fs/promises';
import path from 'node:path';

/** @type {import('electron-builder').Configuration['afterPack']} */
export default async function afterPack({ appOutDir, electronPlatformName }) {
  if (electronPlatformName !== 'linux') return;
  for (const leftover of ['recado-fallback.json', 'resources/default_app.asar']) {
    await fs.rm(path.join(appOutDir, leftover), { force: true });
  }
}
