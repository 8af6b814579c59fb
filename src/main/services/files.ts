import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';

/**
 * Writes a small file so that a power cut leaves either the old or the new one, never half of it. With `keepPrevious`
 * the old one stays beside it as `.prev`.
 */
export function writeAtomically(file: string, value: unknown, options: { keepPrevious: boolean }): void {
  const temporary = `${file}.new`;
  // Readable by this person only; on Windows the profile folder's own rights apply.
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(value));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (options.keepPrevious && existsSync(file)) renameSync(file, `${file}.prev`);
  renameSync(temporary, file);
}

/** The parsed content of a small JSON file; null when it is missing or not what the schema says. */
export function readParsed<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Everything this PC keeps of a clinic, in one folder, so that erasing it cannot forget a file. */
export function createDataFolder(folder: string) {
  const erasing = `${folder}.erasing`;
  const remove = (path: string) =>
    rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

  return {
    databaseFile: join(folder, 'recado.db'),
    keyFile: join(folder, 'key.json'),
    sessionFile: join(folder, 'session.json'),
    /** Files of messages, sealed one by one. */
    filesFolder: join(folder, 'files'),

    /** Makes the folder, after finishing an erasure a crash has interrupted. */
    async prepare(): Promise<void> {
      if (existsSync(erasing)) await remove(erasing);
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },

    /** Erases everything, also what was set aside. The files must be closed. */
    async erase(): Promise<void> {
      try {
        // One rename: whatever happens then, a later start finds nothing to open and goes on erasing.
        if (existsSync(folder)) await rename(folder, erasing);
      } catch {
        // Something holds the folder (Windows): erase in place, the key first, without which the rest is noise.
        await remove(join(folder, 'key.json'));
        await remove(folder);
      }
      await remove(erasing);
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },

    /** Moves what cannot be opened out of the way, unchanged. False when there was nothing. */
    async setAside(at: Date): Promise<boolean> {
      const names = (await readdir(folder)).filter((name) => !name.includes('set-aside'));
      if (names.length === 0) return false;
      const stamp = at.toISOString().replace(/[:.]/g, '-');
      const target = join(folder, `set-aside-${stamp}`);
      await mkdir(target, { recursive: true, mode: 0o700 });
      for (const name of names) await rename(join(folder, name), join(target, name));
      return true;
    },
  };
}
export type DataFolder = ReturnType<typeof createDataFolder>;

/** Makes the folder a file is to lie in. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
}
