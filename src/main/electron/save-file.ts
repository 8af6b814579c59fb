/** "Save as": asks where, and writes a readable copy there and nowhere else. */
import { app, dialog, type BrowserWindow } from 'electron';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { safeFileName } from './file-name.ts';

export interface FileToSave {
  fileName: string;
  mimeType: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** Writes to the path itself: a half-written copy is removed, never left under another name. */
async function writeCopy(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for await (const chunk of bytes) await handle.writeFile(chunk);
    await handle.sync();
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

export function createSaveFile(deps: { window: () => BrowserWindow | null; platform: string }) {
  return async ({ fileName, mimeType, bytes }: FileToSave): Promise<{ isSaved: boolean }> => {
    const options = { defaultPath: join(app.getPath('downloads'), safeFileName(fileName, mimeType)) };
    const window = deps.window();
    const { canceled, filePath } =
      window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
    if (canceled || filePath === '') return { isSaved: false };
    await writeCopy(filePath, bytes);
    // Windows then asks before it opens what a stranger sent; other systems have nothing of the kind.
    if (deps.platform === 'win32')
      await writeFile(`${filePath}:Zone.Identifier`, '[ZoneTransfer]\r\nZoneId=3\r\n').catch(() => undefined);
    return { isSaved: true };
  };
}
