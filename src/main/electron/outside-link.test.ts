import { describe, expect, it } from 'vitest';
import { outsideAddress } from './outside-link.ts';

describe('outsideAddress', () => {
  it.each([
    ['https://clinica.es/cita?x=1', 'https://clinica.es/cita?x=1'],
    ['HTTPS://CLINICA.es', 'https://clinica.es/'],
    ['mailto:hola@clinica.es', 'mailto:hola@clinica.es'],
    ['tel:+34910000000', 'tel:+34910000000'],
  ])('opens %s', (address, expected) => {
    expect(outsideAddress(address)).toBe(expected);
  });

  it.each([
    'http://clinica.es',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'ms-settings:privacy',
    'smb://server/share',
    'app://recado/',
    'https://clinica.es@evil.example',
    '//clinica.es',
    'clinica.es',
    '',
    `https://clinica.es/${'x'.repeat(2_000)}`,
  ])('refuses %s', (address) => {
    expect(outsideAddress(address)).toBeNull();
  });
});
