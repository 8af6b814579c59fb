import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Keeps what must be readable again, such as access tokens, unreadable in the database. */
export interface SecretBox {
  seal(secret: string): Buffer;
  /** Throws when the bytes were sealed with another key or changed. */
  open(sealed: Buffer): string;
}

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM: nonce, tag, then ciphertext. */
export function createSecretBox(secretKey: string): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'recado access tokens', 32));
  return {
    seal(secret) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE));
      decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
      return decipher.update(sealed.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

/** 256 random bits in a form that fits a header. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. A random 256-bit value needs no salt and no slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Compares two secrets in a time that tells neither their content nor their length. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(hashToken(a), hashToken(b));
}
