import { _electron, type Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronRuntime } from '../scripts/electron-runtime.ts';

const PAGE = `<!doctype html><meta charset="utf-8"><ol id="list"></ol><script>
  new EventSource('/stream').onmessage = (event) => {
    const row = document.createElement('li');
    row.textContent = event.data;
    document.getElementById('list').prepend(row);
    while (document.getElementById('list').childElementCount > 20) document.getElementById('list').lastChild.remove();
  };
</script>`;

const MAIN = (url: string) => `
import { app, BrowserWindow } from 'electron';
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadURL(${JSON.stringify(url)}));
`;

/** An Electron window with nothing in it but a list, fed by a bare HTTP server: the floor under any measurement. */
export async function openBareWindow(
  runtime: ElectronRuntime,
): Promise<{ window: Page; send(text: string): Promise<void>; close(): Promise<void> }> {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      request.on('data', (chunk: Buffer) => {
        for (const stream of streams) stream.write(`data: ${chunk.toString()}\n\n`);
      });
      request.on('end', () => response.end());
    } else if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      streams.add(response);
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const folder = await mkdtemp(join(tmpdir(), 'recado-bare-'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'bare', type: 'module', main: 'main.js' }),
  );
  await writeFile(join(folder, 'main.js'), MAIN(url));
  const app = await _electron.launch({
    executablePath: runtime.executablePath,
    args: [...runtime.launchArguments, folder, `--user-data-dir=${join(folder, 'profile')}`],
    env: process.env as Record<string, string>,
  });
  const window = await app.firstWindow();
  await window.waitForFunction(() => document.readyState === 'complete');
  // The stream is open once the first message arrives; a probe that nobody waits for would be lost.
  while (streams.size === 0) await window.waitForTimeout(10);

  return {
    window,
    async send(text) {
      await fetch(url, { method: 'POST', body: text });
    },
    async close() {
      await app.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
