import { describe, expect, it } from 'vitest';
import { isRecordPattern, recordAddress } from './record-address.ts';

describe('recordAddress', () => {
  it.each<[string | null, string | null, string | null]>([
    [
      'https://gestion.example/p?tel={telefono}',
      '+34 600 11 12 22',
      'https://gestion.example/p?tel=34600111222',
    ],
    [
      'https://gestion.example/{telefono}/{telefono}',
      '+1 202 555',
      'https://gestion.example/1202555/1202555',
    ],
    ['https://gestion.example/p', '+34 600 11 12 22', null],
    ['https://gestion.example/{telefono}', null, null],
    [null, '+34 600 11 12 22', null],
  ])('%s for %s is %s', (pattern, phone, address) => {
    expect(recordAddress(pattern, phone)).toBe(address);
  });

  it.each([
    'http://gestion.example/{telefono}',
    'javascript:alert({telefono})',
    'file:///{telefono}',
    'gestion:{telefono}',
    'https://{telefono}.example/',
    'https://gestion.example/ {telefono}',
    'https://{telefono}',
    '{telefono}',
  ])('refuses %s', (pattern) => {
    expect(isRecordPattern(pattern)).toBe(false);
  });
});
