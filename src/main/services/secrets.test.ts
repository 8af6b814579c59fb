import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestVault } from '../testing/app.ts';
import { createKeyFile } from './key-file.ts';
import { readSession, writeSession, type StoredSession } from './session-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recado-secrets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const session: StoredSession = {
  relayUrl: 'https://relay.example',
  token: 'token-of-the-tests-0123456789',
  agent: { id: '018f3f2e-7c1a-7000-8000-000000000001', name: 'Marta' },
  clinic: { name: 'Clínica Alameda', timeZone: 'Europe/Madrid', displayPhone: null },
};

describe('key file', () => {
  it('gives the key back, and none when there is none', async () => {
    const file = createKeyFile({ file: join(folder, 'key.json'), vault: createTestVault() });
    expect(await file.load()).toEqual({ state: 'none' });
    const key = await file.create();
    expect(key).toHaveLength(32);
    const loaded = await file.load();
    expect(loaded.state === 'ready' && Buffer.from(loaded.key).equals(Buffer.from(key!))).toBe(true);
  });

  it('says whether the vault is away or the key is lost', async () => {
    const vault = createTestVault();
    const file = createKeyFile({ file: join(folder, 'key.json'), vault });
    await file.create();
    vault.setAvailable(false);
    expect(await file.load()).toEqual({ state: 'unavailable' });
    expect(await file.create()).toBeNull();
    vault.setAvailable(true);
    vault.lose();
    expect(await file.load()).toEqual({ state: 'lost' });
  });

  it('falls back on the file before when the newest is damaged', async () => {
    const path = join(folder, 'key.json');
    const file = createKeyFile({ file: path, vault: createTestVault() });
    const key = await file.create();
    writeFileSync(`${path}.prev`, readFileSync(path));
    writeFileSync(path, '{"version":1,"wra');
    const loaded = await file.load();
    expect(loaded.state === 'ready' && Buffer.from(loaded.key).equals(Buffer.from(key!))).toBe(true);
    // And it is whole again.
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
  });
});

describe('session file', () => {
  const key = new Uint8Array(32).fill(7);

  it('is read back with its key and with no other', () => {
    const file = join(folder, 'session.json');
    writeSession(file, key, session);
    expect(readSession(file, key)).toEqual(session);
    expect(readSession(file, new Uint8Array(32).fill(8))).toBeNull();
    expect(readFileSync(file, 'utf8')).not.toContain('token-of-the-tests');
  });

  it('is nothing when missing, cut or changed', () => {
    const file = join(folder, 'session.json');
    expect(readSession(file, key)).toBeNull();
    writeSession(file, key, session);
    const content = JSON.parse(readFileSync(file, 'utf8')) as { sealed: string };
    writeFileSync(file, JSON.stringify({ ...content, sealed: `A${content.sealed.slice(1)}` }));
    expect(readSession(file, key)).toBeNull();
    writeFileSync(file, JSON.stringify(content).slice(0, 40));
    expect(readSession(file, key)).toBeNull();
  });
});
