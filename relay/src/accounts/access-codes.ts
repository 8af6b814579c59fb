import { randomInt } from 'node:crypto';

/** Crockford's base 32: no letter that looks like another or like a digit. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** How long an access code can be used. */
export const ACCESS_CODE_LIFETIME_MS = 7 * 86_400_000;

/** 80 random bits that can be read out over a desk: `7K3M-Q9TX-04VB-HZ2C`. */
export function newAccessCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** What people make of a code when they type it, as it was given: case, spaces and hyphens do not count, nor O for 0. */
export function readAccessCode(typed: string): string {
  return typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}
