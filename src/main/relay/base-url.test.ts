import { describe, expect, it } from 'vitest';
import { normaliseBaseUrl } from './base-url.ts';

describe('normaliseBaseUrl', () => {
  it.each([
    ['relay.clinica.es', 'https://relay.clinica.es'],
    ['  https://relay.clinica.es/  ', 'https://relay.clinica.es'],
    ['https://RELAY.clinica.es:8443/recado//', 'https://relay.clinica.es:8443/recado'],
    ['https://relay.clinica.es/v1/', 'https://relay.clinica.es'],
    ['relay.clinica.es/v1', 'https://relay.clinica.es'],
    ['http://localhost:4100', 'http://localhost:4100'],
    ['http://127.0.0.1:4100/', 'http://127.0.0.1:4100'],
    ['http://[::1]:4100', 'http://[::1]:4100'],
    ['https://xn--clnica-4va.es', 'https://xn--clnica-4va.es'],
  ])('reads %j as %s', (typed, expected) => {
    expect(normaliseBaseUrl(typed)).toBe(expected);
  });

  it.each([
    '',
    '   ',
    'http://relay.clinica.es',
    'http://localhost.clinica.es',
    'http://127.0.0.1.nip.io',
    'ftp://relay.clinica.es',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@relay.clinica.es',
    'https://relay.clinica.es?x=1',
    'https://relay.clinica.es#x',
    'https://',
    'no es una dirección',
  ])('refuses %j', (typed) => {
    expect(normaliseBaseUrl(typed)).toBeNull();
  });
});
