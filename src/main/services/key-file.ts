import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readParsed, writeAtomically } from './files.ts';
import type { KeyVault } from './key-vault.ts';

const KEY_BYTES = 32;
const KeyFile = z.object({ version: z.literal(1), wrapped: z.string().min(1) });

export type LoadedKey =
  | { state: 'ready'; key: Uint8Array }
  /** There is none: nobody has signed in on this PC. */
  | { state: 'none' }
  /** There is one, and the system's vault cannot be asked now. */
  | { state: 'unavailable' }
  /** There is one, and nothing opens it any more. */
  | { state: 'lost' };

/** The database key: 32 random bytes, on disk only as the vault wrapped them. */
export function createKeyFile({ file, vault }: { file: string; vault: KeyVault }) {
  async function wrapInto(key: Uint8Array): Promise<boolean> {
    const wrapped = await vault.protect(key);
    if (wrapped === null) return false;
    writeAtomically(file, { version: 1, wrapped }, { keepPrevious: true });
    return true;
  }

  return {
    async load(): Promise<LoadedKey> {
      // The previous file is the way back when a newer wrapping turns out not to open.
      const candidates = [file, `${file}.prev`].filter((candidate) => existsSync(candidate));
      if (candidates.length === 0) return { state: 'none' };
      for (const candidate of candidates) {
        const content = readParsed(candidate, KeyFile);
        if (content === null) continue;
        const revealed = await vault.reveal(content.wrapped);
        if (!revealed.ok && revealed.reason === 'unavailable') return { state: 'unavailable' };
        if (!revealed.ok || revealed.secret.length !== KEY_BYTES) continue;
        if (revealed.renew || candidate !== file) await wrapInto(revealed.secret);
        return { state: 'ready', key: revealed.secret };
      }
      return { state: 'lost' };
    },

    /** A fresh key, written; null when the vault cannot keep it. */
    async create(): Promise<Uint8Array | null> {
      const key = randomBytes(KEY_BYTES);
      return (await wrapInto(key)) ? key : null;
    },
  };
}
export type KeyFile = ReturnType<typeof createKeyFile>;
