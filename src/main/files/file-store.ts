import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Id } from '@recado/protocol';
import type { FileStore, FileWriter, OpenFile } from './interface.ts';
import {
  createSealedFile,
  DamagedFileError,
  filesKey,
  openSealedFile,
  resumeSealedFile,
  type SealedWriter,
} from './sealed-file.ts';

/** Downloaded files take up so much before the ones used longest ago go. */
export const CACHE_BUDGET_BYTES = 2 * 1_024 ** 3;

const PLACES = ['own', 'cache'] as const;
type Place = (typeof PLACES)[number];
const UNFINISHED = '.part';

/** A rename is safe against a power cut only when its folder is written, too; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const remove = (path: string) => rm(path, { force: true, maxRetries: 3, retryDelay: 50 });

/**
 * Encrypted files below `folder`, named by their ids, which tell nothing of anybody. `key` is the database key: without
 * the database the files are noise, and signing out erases the folder with it.
 */
export function createFileStore(deps: {
  folder: string;
  key: Uint8Array;
  budgetBytes?: number;
  /** Epoch milliseconds of the PC, for what was used last. */
  now: () => number;
}): FileStore {
  const { folder, now } = deps;
  const key = filesKey(deps.key);
  const budgetBytes = deps.budgetBytes ?? CACHE_BUDGET_BYTES;
  /** Everything open, so that signing out can erase the folder. */
  const handles = new Set<() => Promise<void>>();
  /** Files being read, which the cache must not lose meanwhile. */
  const reading = new Map<string, number>();
  /** Names of unfinished files somebody is writing. */
  const writing = new Set<string>();

  const pathOf = (place: Place, id: string) => {
    // Ids come from the window and from the relay: nothing else may become part of a path.
    if (!Id.safeParse(id).success) throw new TypeError('not an id');
    return join(folder, place, id.toLowerCase());
  };
  const listed = async (place: Place) => {
    const names = await readdir(join(folder, place)).catch(() => []);
    const entries = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, place, name);
        const found = await stat(path).catch(() => null);
        return found === null ? null : { path, name, bytes: found.size, usedAt: found.mtimeMs };
      }),
    );
    return entries.filter((entry) => entry !== null);
  };

  /** Its time of change is its time of last use: what was read says nothing on many disks. */
  const touch = async (path: string) => {
    const at = new Date(now());
    await utimes(path, at, at).catch(() => undefined);
  };

  const trim = async () => {
    const entries = (await listed('cache')).sort((one, other) => one.usedAt - other.usedAt);
    let used = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, name, bytes } of entries) {
      if (used <= budgetBytes) return;
      if (reading.has(name) || writing.has(name)) continue;
      // Windows keeps what somebody else has open; the next one goes instead.
      const isGone = await remove(path).then(
        () => true,
        () => false,
      );
      if (isGone) used -= bytes;
    }
  };

  function toWriter(id: string, place: Place, sealed: SealedWriter): FileWriter {
    const path = pathOf(place, id);
    const part = `${path}${UNFINISHED}`;
    const name = `${id.toLowerCase()}${UNFINISHED}`;
    let isOpen = true;
    writing.add(name);
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      handles.delete(close);
      writing.delete(name);
      await sealed.close().catch(() => undefined);
    };
    handles.add(close);
    const discard = async () => {
      await close();
      await remove(part);
    };
    return {
      size: sealed.size,
      append: sealed.append,
      async finish() {
        await sealed.finish();
        isOpen = false;
        handles.delete(close);
        writing.delete(name);
        await rename(part, path);
        await syncFolder(join(folder, place));
        if (place === 'cache') {
          await touch(path);
          await trim();
        }
      },
      stop: () => (place === 'own' ? discard() : close()),
      discard,
    };
  }

  async function openIn(place: Place, id: string): Promise<OpenFile | null> {
    const path = pathOf(place, id);
    const sealed = await openSealedFile({ path, key, id: id.toLowerCase() }).catch(async (error: unknown) => {
      if (!(error instanceof DamagedFileError)) throw error;
      // An own file is kept: there is no other copy, and what is wrong may be the key of the moment.
      if (place === 'cache') await remove(path);
      return null;
    });
    if (sealed === null) return null;
    const name = id.toLowerCase();
    reading.set(name, (reading.get(name) ?? 0) + 1);
    if (place === 'cache') await touch(path);
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      handles.delete(close);
      const left = (reading.get(name) ?? 1) - 1;
      if (left > 0) reading.set(name, left);
      else reading.delete(name);
      await sealed.close();
    };
    handles.add(close);
    return { sizeBytes: sealed.sizeBytes, read: sealed.read, close };
  }

  const isThere = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );

  return {
    async prepare() {
      for (const place of PLACES) await mkdir(join(folder, place), { recursive: true, mode: 0o700 });
      // Whoever was choosing it is gone; a download goes on where it was.
      for (const { name, path } of await listed('own')) if (name.endsWith(UNFINISHED)) await remove(path);
      await trim();
    },

    async create(id, place) {
      const path = `${pathOf(place, id)}${UNFINISHED}`;
      return toWriter(id, place, await createSealedFile({ path, key, id: id.toLowerCase() }));
    },

    async resume(id, onBytes) {
      const path = `${pathOf('cache', id)}${UNFINISHED}`;
      const sealed = await resumeSealedFile({ path, key, id: id.toLowerCase() }, onBytes);
      return sealed && toWriter(id, 'cache', sealed);
    },

    open: async (id) => (await openIn('own', id)) ?? (await openIn('cache', id)),

    has: async (id) => (await isThere(pathOf('own', id))) || isThere(pathOf('cache', id)),

    async discard(id) {
      for (const place of PLACES) await remove(pathOf(place, id));
    },

    async moveToCache(id) {
      await rename(pathOf('own', id), pathOf('cache', id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await trim();
    },

    async usedBytes() {
      const all = await Promise.all(PLACES.map(listed));
      return all.flat().reduce((sum, { bytes }) => sum + bytes, 0);
    },

    trim,

    async close() {
      await Promise.all([...handles].map((close) => close().catch(() => undefined)));
    },
  };
}
