// The smallest app that needs everything of a runtime: a scheme registered before `ready`, a window on it, and SQLite.
import Database from 'better-sqlite3';
import { app, BrowserWindow, protocol } from 'electron';

protocol.registerSchemesAsPrivileged([{ scheme: 'probe', privileges: { standard: true, secure: true } }]);

const database = new Database(process.env.PROBE_DATABASE);
database.pragma("cipher='aegis'");
database.pragma("key='probe'");
database.exec("CREATE TABLE greetings (text TEXT); INSERT INTO greetings VALUES ('hola')");
const { text } = database.prepare('SELECT text FROM greetings').get();
database.close();

globalThis.probe = {
  name: app.getName(),
  version: app.getVersion(),
  appPath: app.getAppPath(),
  userData: app.getPath('userData'),
  isPackaged: app.isPackaged,
};

void app.whenReady().then(() => {
  protocol.handle(
    'probe',
    () => new Response(`<p>${text}</p>`, { headers: { 'content-type': 'text/html' } }),
  );
  void new BrowserWindow().loadURL('probe://window/');
});
