/**
 * Who is signed in, with the token, sealed by the database key. Beside the database and not in it: a database that
 * cannot be read is set aside and filled again from the relay, and that needs the token.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Id } from '@recado/protocol';
import { z } from 'zod';
import { readParsed, writeAtomically } from './files.ts';

export const StoredSession = z.object({
  relayUrl: z.string(),
  /** Null once the relay has ended the session: the copy waits for the same agent to sign in again. */
  token: z.string().min(1).nullable(),
  agent: z.object({ id: Id, name: z.string() }),
  clinic: z.object({ name: z.string(), timeZone: z.string(), displayPhone: z.string().nullable() }),
});
export type StoredSession = z.infer<typeof StoredSession>;

const SealedFile = z.object({
  version: z.literal(1),
  nonce: z.base64(),
  sealed: z.base64(),
  tag: z.base64(),
});

/** A key of its own, so that the two uses of the database key can never meet. */
const sealingKey = (key: Uint8Array) =>
  new Uint8Array(hkdfSync('sha256', key, '', 'recado session file 1', 32));

export function writeSession(file: string, key: Uint8Array, session: StoredSession): void {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
  const content = {
    version: 1,
    nonce: nonce.toString('base64'),
    sealed: sealed.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
  writeAtomically(file, content, { keepPrevious: false });
}

/** The session, or null when there is none or this key does not open it. */
export function readSession(file: string, key: Uint8Array): StoredSession | null {
  const content = readParsed(file, SealedFile);
  if (content === null) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), Buffer.from(content.nonce, 'base64'));
    decipher.setAuthTag(Buffer.from(content.tag, 'base64'));
    const opened = Buffer.concat([decipher.update(Buffer.from(content.sealed, 'base64')), decipher.final()]);
    const parsed = StoredSession.safeParse(JSON.parse(opened.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
