import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFileName } from './file-name.ts';

describe('names for saved files', () => {
  it.each([
    ['Informe de Lucía.pdf', 'application/pdf', 'Informe de Lucía.pdf'],
    ['../../.ssh/authorized_keys', 'text/plain', '_.._.ssh_authorized_keys.txt'],
    ['C:\\Windows\\x.exe', '', 'C__Windows_x.exe'],
    ['receta\u202efdp.exe', 'application/pdf', 'recetafdp.exe'],
    ['foto', 'image/jpeg', 'foto.jpg'],
    ['nota', 'audio/ogg; codecs=opus', 'nota.ogg'],
    ['nota', 'application/x-unheard-of', 'nota'],
    ['CON', '', '_CON'],
    ['nul.txt', 'text/plain', '_nul.txt'],
    ['  ...  ', '', 'file'],
    ['', 'image/png', 'file.png'],
    ['a\nb\0.pdf', 'application/pdf', 'ab.pdf'],
  ])('%j (%s) is %j', (name, mimeType, expected) => {
    expect(safeFileName(name, mimeType)).toBe(expected);
  });

  it('never leave their folder, and keep their ending when they are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
        const safe = safeFileName(`${name}.pdf`, 'application/pdf');
        expect(safe).not.toMatch(/[/\\\0]/);
        expect(['', '.', '..']).not.toContain(safe);
        expect(safe.length).toBeLessThanOrEqual(201);
        expect(safe.endsWith('pdf')).toBe(true);
      }),
    );
  });
});
