import fc from 'fast-check';
import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveAppPath } from './app-path.ts';

const FOLDER = ['', 'opt', 'recado', 'out', 'renderer'].join(sep);

describe('resolveAppPath', () => {
  it.each([
    ['app://recado/', 'index.html', 'text/html; charset=utf-8'],
    ['app://recado', 'index.html', 'text/html; charset=utf-8'],
    ['app://recado/index.html?x=1#y', 'index.html', 'text/html; charset=utf-8'],
    ['app://recado/assets/index-Ab3.js', `assets${sep}index-Ab3.js`, 'text/javascript; charset=utf-8'],
    ['app://recado/assets/inter.woff2', `assets${sep}inter.woff2`, 'font/woff2'],
    ['app://recado/assets/../index.html', 'index.html', 'text/html; charset=utf-8'],
  ])('%s is %s', (address, name, type) => {
    expect(resolveAppPath(FOLDER, address)).toEqual({ path: FOLDER + sep + name, type });
  });

  it.each([
    'app://other/index.html',
    'app://recado.evil/index.html',
    'app://recado:81/index.html',
    'https://recado/index.html',
    'file:///etc/passwd',
    'app://recado/%2e%2e%2f%2e%2e%2fmain/index.js',
    'app://recado/..%2f..%2fmain/index.js',
    'app://recado/..%5c..%5cmain%5cindex.js',
    'app://recado/assets%5c..%5c..%5cindex.js',
    'app://recado/%252e%252e%252findex.js',
    'app://recado/index.html%00.js',
    'app://recado/c:/windows/x.js',
    'app://recado/%E0%A4%A.js',
    'app://recado/secret.db',
    'app://recado/index.js.map',
    'app://recado/README',
    'not an address',
  ])('refuses %s', (address) => {
    expect(resolveAppPath(FOLDER, address)).toBeNull();
  });

  it('never leaves the folder', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2f',
      '%5c',
      '/',
      '\\',
      'a',
      'b.js',
      '%00',
      ':',
      '~',
      '%25',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const file = resolveAppPath(FOLDER, `app://recado/${parts.join('')}.js`);
        if (file !== null) expect(file.path.startsWith(FOLDER + sep)).toBe(true);
      }),
    );
  });
});
