import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInline, parseWhatsappText, plainText, type Inline } from './whatsapp-text.ts';

const text = (value: string): Inline => ({ type: 'text', text: value });
const MARKS = { bold: '*', italic: '_', strike: '~' } as const;

/** What was typed, from what was understood. */
function source(parts: Inline[]): string {
  return parts
    .map((part) => {
      if ('children' in part) return `${MARKS[part.type]}${source(part.children)}${MARKS[part.type]}`;
      return part.type === 'code' ? `\`${part.text}\`` : part.text;
    })
    .join('');
}

describe('parseInline', () => {
  it.each<[string, Inline[]]>([
    ['hola', [text('hola')]],
    ['*hola*', [{ type: 'bold', children: [text('hola')] }]],
    ['a *b* c', [text('a '), { type: 'bold', children: [text('b')] }, text(' c')]],
    ['_a *b*_', [{ type: 'italic', children: [text('a '), { type: 'bold', children: [text('b')] }] }]],
    ['~no~, sí', [{ type: 'strike', children: [text('no')] }, text(', sí')]],
    ['2*3*4', [text('2*3*4')]],
    ['nombre_de_archivo', [text('nombre_de_archivo')]],
    ['* no *', [text('* no *')]],
    ['**', [text('**')]],
    ['`a*b*`', [{ type: 'code', text: 'a*b*' }]],
  ])('%s', (typed, expected) => {
    expect(parseInline(typed)).toEqual(expected);
  });

  it.each([
    ['mira https://clinica.example/a_b_c.', 'https://clinica.example/a_b_c', 'https://clinica.example/a_b_c'],
    ['(www.clinica.example)', 'www.clinica.example', 'https://www.clinica.example/'],
    ['https://es.example/x_(y)!', 'https://es.example/x_(y)', 'https://es.example/x_(y)'],
    ['*https://a.example/x*', 'https://a.example/x', 'https://a.example/x'],
  ])('finds the address in %s', (typed, shown, href) => {
    const links: Inline[] = [];
    const visit = (parts: Inline[]): void =>
      parts.forEach((part) => {
        if (part.type === 'link') links.push(part);
        if ('children' in part) visit(part.children);
      });
    visit(parseInline(typed));
    expect(links).toEqual([{ type: 'link', text: shown, href }]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'www.', 'https://'])(
    'never links %s',
    (typed) => {
      expect(parseInline(typed)).toEqual([text(typed)]);
    },
  );

  it('loses no character of what was typed', () => {
    const lively = fc.string({
      unit: fc.constantFrom('*', '_', '~', '`', ' ', 'a', 'ñ', '.', 'www.a.es', '🙂'),
    });
    fc.assert(
      fc.property(fc.oneof(lively, fc.string()), (typed) => {
        expect(source(parseInline(typed))).toBe(typed);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves text without marks or addresses as one piece', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '1', ','), minLength: 1 }),
        (typed) => {
          expect(parseInline(typed)).toEqual([text(typed)]);
        },
      ),
    );
  });

  it('only ever links to the web', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.constantFrom('', ' ', '*', '('), (url, before) => {
        const visit = (parts: Inline[]): void =>
          parts.forEach((part) => {
            if (part.type === 'link') expect(part.href).toMatch(/^https?:\/\//u);
            if ('children' in part) visit(part.children);
          });
        visit(parseInline(`${before}${url}`));
      }),
    );
  });

  // Marks that never close made the reading quadratic once: then this would not end within the test's time.
  it.each(['*', '_a', '~a ', '`', 'www.'])('reads a hundred thousand of %j', (mark) => {
    expect(parseInline(mark.repeat(100_000)).length).toBeGreaterThan(0);
  });
});

describe('parseWhatsappText', () => {
  it('keeps blocks of code together and reads the lines around them', () => {
    expect(parseWhatsappText('antes\n```uno\n*dos*```\ndespués')).toEqual([
      { type: 'line', children: [text('antes')] },
      { type: 'code', text: 'uno\n*dos*' },
      { type: 'line', children: [text('después')] },
    ]);
  });

  it('reads quotes and lists', () => {
    expect(parseWhatsappText('> cita\n* uno\n- dos\n3. tres').map((block) => block.type)).toEqual([
      'quote',
      'bullet',
      'bullet',
      'numbered',
    ]);
  });

  it('keeps empty lines and an empty message', () => {
    expect(parseWhatsappText('a\n\nb')).toHaveLength(3);
    expect(parseWhatsappText('')).toEqual([{ type: 'line', children: [] }]);
  });

  it('never throws and never invents words', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '`', '```', '\n', '>', '- ', 'a', ' ') }),
        (typed) => {
          const letters = (value: string) => value.replace(/[^a]/gu, '');
          expect(letters(plainText(typed))).toBe(letters(typed));
        },
      ),
    );
  });
});
