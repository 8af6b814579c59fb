import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toastXml } from './toast-xml.ts';

it('holds title, body and token, and makes no sound of its own', () => {
  expect(toastXml({ title: 'Mensaje nuevo', body: 'Abre Recado', token: 'a1' })).toBe(
    '<toast launch="a1" activationType="foreground"><visual><binding template="ToastGeneric"><text>Mensaje nuevo</text>' +
      '<text>Abre Recado</text></binding></visual><audio silent="true"/></toast>',
  );
});

it('lets nothing a patient writes become markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const xml = toastXml({ title: text, body: text, token: 'a1' });
      expect(xml.match(/</g)).toHaveLength(11);
      expect(xml).not.toMatch(/&(?!#\d+;)/);

      expect(xml).not.toMatch(/[\u0000-\u0008]/);
    }),
  );
});
