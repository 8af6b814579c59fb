/** The system's own vault: Keychain on macOS, DPAPI on Windows, a keyring on Linux. */
import { safeStorage } from 'electron';
import type { Log } from '../lib/log.ts';
import type { KeyVault } from '../services/key-vault.ts';

interface Storage {
  isAvailable: () => Promise<boolean>;
  encrypt: (text: string) => Promise<Buffer>;
  decrypt: (data: Buffer) => Promise<{ text: string; renew: boolean }>;
}

/** The asynchronous API (Electron 42 and later; the other one is on its way out). Both read what either wrote. */
const modern: Storage = {
  isAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  async decrypt(data) {
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(data);
    return { text: result, renew: shouldReEncrypt };
  },
};

const legacy: Storage = {
  isAvailable: async () => safeStorage.isEncryptionAvailable(),
  encrypt: async (text) => safeStorage.encryptString(text),
  decrypt: async (data) => ({ text: safeStorage.decryptString(data), renew: false }),
};

/** To be called after `ready`. */
export async function createKeyVault(deps: { platform: NodeJS.Platform; log: Log }): Promise<KeyVault> {
  const hasModern =
    typeof (safeStorage as Partial<typeof safeStorage>).isAsyncEncryptionAvailable === 'function';
  let storage = hasModern ? modern : legacy;
  if (deps.platform === 'linux' && !(await storage.isAvailable())) {
    // Linux is for development only, often without a keyring. Windows and macOS never get here: they refuse instead.
    storage = legacy;
    safeStorage.setUsePlainTextEncryption(true);
    deps.log('keyVault.basicText', {});
  }

  /** Whether the vault can open what it has just wrapped: then what it cannot open is not its own any more. */
  async function works(): Promise<boolean> {
    try {
      const probe = 'recado';
      return (await storage.decrypt(await storage.encrypt(probe))).text === probe;
    } catch {
      return false;
    }
  }

  return {
    async protect(secret) {
      try {
        if (!(await storage.isAvailable())) return null;
        return (await storage.encrypt(Buffer.from(secret).toString('base64'))).toString('base64');
      } catch {
        deps.log('keyVault.failed', { reason: 'encrypt' });
        return null;
      }
    },

    async reveal(wrapped) {
      if (!(await storage.isAvailable())) return { ok: false, reason: 'unavailable' };
      try {
        const { text, renew } = await storage.decrypt(Buffer.from(wrapped, 'base64'));
        return { ok: true, secret: new Uint8Array(Buffer.from(text, 'base64')), renew };
      } catch {
        const reason = (await works()) ? 'lost' : 'unavailable';
        deps.log('keyVault.failed', { reason });
        return { ok: false, reason };
      }
    },
  };
}
