import { expect, test } from 'vitest';
import { findMissing, type Requirement } from './system-libraries.ts';

const isLinux = process.platform === 'linux';

test.runIf(isLinux)('names exactly what is not there, of every kind', async () => {
  const there: Requirement[] = [
    { package: 'libc6', kind: 'library', name: 'libc.so.6' },
    { package: 'coreutils', kind: 'program', name: 'ls' },
    { package: 'base-files', kind: 'file', name: '/etc/passwd' },
  ];
  const missing: Requirement[] = [
    { package: 'libnone1', kind: 'library', name: 'libc.so.999' },
    { package: 'none', kind: 'program', name: 'recado-no-such-program' },
    { package: 'fonts-none', kind: 'file', name: '/usr/share/fonts/recado-no-such-font' },
  ];
  expect(await findMissing([...there, ...missing])).toEqual(missing);
});
