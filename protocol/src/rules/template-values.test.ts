import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TemplateValues } from '../commands.ts';
import {
  fillVariables,
  freeWritingField,
  isFreeWriting,
  readTemplate,
  templateVariables,
  type TemplateParts,
} from './template-read.ts';
import {
  checkTemplateValues,
  flattenValue,
  renderTemplate,
  templateComponents,
  type TemplateMessageComponent,
} from './template-values.ts';

type Component = TemplateParts['components'][number];
const of = (...components: Component[]): TemplateParts => ({ components, parameterFormat: 'POSITIONAL' });
const named = (...components: Component[]): TemplateParts => ({ components, parameterFormat: 'NAMED' });
const body = (text: string, ...example: string[]): Component => ({
  type: 'BODY',
  text,
  ...(example.length > 0 ? { example: { body_text: [example] } } : {}),
});
const buttons = (...list: Record<string, unknown>[]): Component => ({ type: 'BUTTONS', buttons: list });
const values = (given: Partial<TemplateValues> = {}): TemplateValues => ({
  header: {},
  body: {},
  buttons: {},
  ...given,
});

/** The template of Meta's listing in the documentation. */
const REMINDER = of(
  { type: 'HEADER', format: 'TEXT', text: 'Cita {{1}}', example: { header_text: ['confirmada'] } },
  body('Hola {{1}}, su cita es el {{2}}.', 'Lucía', 'lunes 10:00'),
  { type: 'FOOTER', text: 'Clínica Ejemplo' },
  buttons(
    {
      type: 'URL',
      text: 'Ver cita',
      url: 'https://clinica.example/c/{{1}}',
      example: ['https://clinica.example/c/abc'],
    },
    { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+34910000001' },
    { type: 'QUICK_REPLY', text: 'Anular' },
  ),
);
const FILLED = values({
  header: { 1: 'confirmada' },
  body: { 1: 'Lucía', 2: 'lunes 10:00' },
  buttons: { 0: 'a1b2c3' },
});

describe('reading a template', () => {
  it('names what is there and what is filled in', () => {
    const read = readTemplate(REMINDER);
    expect(read).toMatchObject({
      header: { kind: 'text', text: 'Cita {{1}}' },
      body: 'Hola {{1}}, su cita es el {{2}}.',
      footer: 'Clínica Ejemplo',
      format: 'POSITIONAL',
      unsupported: [],
      buttons: [
        { kind: 'url_variable', url: 'https://clinica.example/c/{{1}}' },
        { kind: 'phone', phone: '+34910000001' },
        { kind: 'quick_reply', text: 'Anular' },
      ],
    });
    expect(read.fields.map(({ part, key, label, example }) => [part, key, label, example])).toEqual([
      ['header', '1', '1', 'confirmada'],
      ['body', '1', '1', 'Lucía'],
      ['body', '2', '2', 'lunes 10:00'],
      ['buttons', '0', 'Ver cita', 'abc'],
    ]);
    expect(read.fields.map(({ maxLength }) => maxLength)).toEqual([55, 1_001, 1_001, 1_974]);
  });

  it('reads named variables with their examples', () => {
    const read = readTemplate(
      named(
        {
          type: 'HEADER',
          format: 'TEXT',
          text: '{{clinica}}',
          example: { header_text_named_params: [{ param_name: 'clinica', example: 'Alameda' }] },
        },
        {
          type: 'BODY',
          text: 'Hola {{ nombre }}: {{motivo}} Gracias, {{nombre}}.',
          example: { body_text_named_params: [{ param_name: 'nombre', example: 'Lucía' }] },
        },
      ),
    );
    expect(read.format).toBe('NAMED');
    expect(read.fields.map(({ part, key, example }) => [part, key, example])).toEqual([
      ['header', 'clinica', 'Alameda'],
      ['body', 'nombre', 'Lucía'],
      ['body', 'motivo', null],
    ]);
  });

  it.each<[string, Component, object]>([
    ['a picture', { type: 'HEADER', format: 'IMAGE' }, { kind: 'image' }],
    ['a video', { type: 'HEADER', format: 'VIDEO' }, { kind: 'video' }],
    ['a document', { type: 'HEADER', format: 'DOCUMENT' }, { kind: 'document' }],
    ['words', { type: 'header', format: 'text', text: 'Cita' }, { kind: 'text', text: 'Cita' }],
  ])('reads %s as header', (_name, component, header) => {
    const read = readTemplate(of(component, body('Hola')));
    expect([read.header, read.unsupported]).toEqual([header, []]);
  });

  it.each<[string, TemplateParts, string[]]>([
    ['a place', of({ type: 'HEADER', format: 'LOCATION' }, body('Hola')), ['header_location']],
    ['a moving picture', of({ type: 'HEADER', format: 'GIF' }, body('Hola')), ['header_other']],
    ['a carousel', of(body('Hola'), { type: 'CAROUSEL', cards: [] }), ['component_other']],
    ['an offer with a deadline', of(body('Hola'), { type: 'LIMITED_TIME_OFFER' }), ['component_other']],
    ['a button of the future', of(body('Hola'), buttons({ type: 'MPM', text: 'Ver' })), ['button_other']],
    ['a code to sign in', { ...of(body('{{1}} es su código')), category: 'AUTHENTICATION' }, ['authentication']],
    ['nothing', of(), ['no_body']],
    ['nonsense', of({ type: 'BODY', text: 7 }, { type: 'BUTTONS', buttons: 'x' }), ['no_body']],
  ])('does not fill in %s', (_name, template, unsupported) => {
    const read = readTemplate(template);
    expect(read.unsupported).toEqual(unsupported);
    expect(checkTemplateValues(read, values(), false)).toContainEqual(
      expect.objectContaining({ problem: 'unsupported' }),
    );
  }); // prettier-ignore

  it.each<[string, TemplateParts, string | null]>([
    ['by name', named(body('Hola {{nombre}}: {{motivo}} Gracias.')), 'motivo'],
    ['by number', { ...of(body('Hola {{1}}: {{2}} Gracias.')), name: 'escritura_libre' }, '2'],
    ['another template', { ...of(body('Hola {{1}}.')), name: 'recordatorio' }, null],
    ['without variables', { ...of(body('Hola')), name: 'escritura_libre' }, null],
  ])('finds where one writes freely: %s', (_name, template, key) => {
    expect(freeWritingField(template)?.key ?? null).toBe(key);
    expect(isFreeWriting(template)).toBe(key !== null);
  });
});

describe('checking values', () => {
  const read = readTemplate(REMINDER);
  it('is content with what WhatsApp takes', () => {
    expect(checkTemplateValues(read, FILLED, false)).toEqual([]);
  });

  it.each<[string, Partial<TemplateValues>, object[]]>([
    ['nothing', { body: { 1: 'Lucía' } }, [{ part: 'body', key: '2', problem: 'empty', limit: null }]],
    ['blanks', { body: { 1: '  ', 2: 'x' } }, [{ part: 'body', key: '1', problem: 'empty', limit: null }]],
    ['a new line', { body: { 1: 'a\nb', 2: 'x' } }, [{ part: 'body', key: '1', problem: 'newline', limit: null }]],
    ['a tab', { body: { 1: 'a\tb', 2: 'x' } }, [{ part: 'body', key: '1', problem: 'tab', limit: null }]],
    ['five spaces', { body: { 1: 'a     b', 2: 'x' } }, [{ part: 'body', key: '1', problem: 'spaces', limit: null }]],
    ['four spaces', { body: { 1: 'a    b', 2: 'x' } }, []],
    ['a long header', { header: { 1: 'x'.repeat(56) } }, [
      { part: 'header', key: '1', problem: 'too_long', limit: 55 },
      { part: 'header', key: null, problem: 'total_too_long', limit: 60 },
    ]],
    ['two long values', { body: { 1: 'x'.repeat(600), 2: 'x'.repeat(600) } }, [
      { part: 'body', key: null, problem: 'total_too_long', limit: 1_024 },
    ]],
    ['a space in an address', { buttons: { 0: 'a b' } }, [
      { part: 'buttons', key: '0', problem: 'space_in_url', limit: null },
    ]],
    ['an address too long', { buttons: { 0: 'a'.repeat(1_975) } }, [
      { part: 'buttons', key: '0', problem: 'too_long', limit: 1_974 },
    ]],
  ])('refuses %s', (_name, given, problems) => {
    expect(checkTemplateValues(read, { ...FILLED, ...given }, false)).toEqual(problems);
  }); // prettier-ignore

  it('asks for the file of a header, and only there', () => {
    const withFile = readTemplate(of({ type: 'HEADER', format: 'DOCUMENT' }, body('Hola')));
    expect(checkTemplateValues(withFile, values(), true)).toEqual([]);
    expect(checkTemplateValues(withFile, values(), false)).toMatchObject([{ problem: 'file_missing' }]);
    expect(checkTemplateValues(read, FILLED, true)).toMatchObject([{ problem: 'file_unexpected' }]);
  });

  it('takes no value from what every object has', () => {
    const odd = readTemplate(named(body('Hola {{constructor}}, adiós.')));
    expect(checkTemplateValues(odd, values(), false)).toMatchObject([{ problem: 'empty' }]);
  });
});

describe('flattening', () => {
  it.each([
    ['Su férula ha llegado.\nPase cuando quiera', 'Su férula ha llegado. Pase cuando quiera'],
    ['Traiga:\n- DNI\n- volante', 'Traiga: DNI · volante'],
    ['Hola\r\n\r\n\tbuenas', 'Hola · buenas'],
    ['uno      dos', 'uno dos'],
    ['- DNI', '- DNI'],
    ['*importante*\nvenga en ayunas', '*importante* · venga en ayunas'],
    [' \n\t ', ''],
    ['una\u2028dos', 'una · dos'],
  ])('makes %j into %j', (text, expected) => {
    expect(flattenValue(text)).toBe(expected);
  });

  const anyText = fc.string({
    unit: fc.constantFrom('a', 'á', '.', ':', ' ', '\n', '\t', '\r', '-', '•', '\u2029', '👍'),
    maxLength: 60,
  });
  it('leaves nothing WhatsApp refuses, changes nothing twice and loses no letter', () => {
    const read = readTemplate(named(body('Hola: {{motivo}} Gracias.')));
    const letters = (text: string) => text.replace(/[^aá👍]/gu, '');
    fc.assert(
      fc.property(anyText, (text) => {
        const flat = flattenValue(text);
        expect(flattenValue(flat)).toBe(flat);
        expect(letters(flat)).toBe(letters(text));
        const problems = checkTemplateValues(read, values({ body: { motivo: flat } }), false);
        expect(problems.map(({ problem }) => problem)).toEqual(flat === '' ? ['empty'] : []);
      }),
    );
  });
});

describe('rendering', () => {
  it('shows what the patient reads', () => {
    expect(renderTemplate(REMINDER, FILLED)).toEqual({
      header: 'Cita confirmada',
      body: 'Hola Lucía, su cita es el lunes 10:00.',
      footer: 'Clínica Ejemplo',
      buttons: [
        { type: 'URL', text: 'Ver cita', url: 'https://clinica.example/c/a1b2c3' },
        { type: 'PHONE_NUMBER', text: 'Llamar' },
        { type: 'QUICK_REPLY', text: 'Anular' },
      ],
    });
  });

  it('keeps a variable visible until it has a value', () => {
    expect(renderTemplate(REMINDER, values({ body: { 2: 'hoy' } }))).toMatchObject({
      header: 'Cita {{1}}',
      body: 'Hola {{1}}, su cita es el hoy.',
    });
  });

  it('fills each place once, whatever the values look like', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const text = fillVariables('<{{1}}|{{2}}|{{1}}>', (name) => (name === '1' ? one : other));
        expect(text).toBe(`<${one}|${other}|${one}>`);
      }),
    );
  });
});

describe('components for WhatsApp', () => {
  it.each<[string, TemplateParts, Partial<TemplateValues>, [string | null, string | null], TemplateMessageComponent[]]>([
    ['numbers', REMINDER, FILLED, [null, null], [
      { type: 'header', parameters: [{ type: 'text', text: 'confirmada' }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Lucía' }, { type: 'text', text: 'lunes 10:00' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'a1b2c3' }] },
    ]],
    ['numbers out of order', of(body('El {{2}}, {{1}}.')), { body: { 1: 'uno', 2: 'dos' } }, [null, null], [
      { type: 'body', parameters: [{ type: 'text', text: 'uno' }, { type: 'text', text: 'dos' }] },
    ]],
    ['names', named(body('Hola {{nombre}}: {{motivo}} Gracias, {{nombre}}.')), { body: { nombre: 'Lucía', motivo: 'ya está.' } }, [null, null], [
      { type: 'body', parameters: [
        { type: 'text', parameter_name: 'nombre', text: 'Lucía' },
        { type: 'text', parameter_name: 'motivo', text: 'ya está.' },
      ] },
    ]],
    ['a name in the header', named({ type: 'HEADER', format: 'TEXT', text: 'Para {{nombre}}' }, body('Hola')), { header: { nombre: 'Lucía' } }, [null, null], [
      { type: 'header', parameters: [{ type: 'text', parameter_name: 'nombre', text: 'Lucía' }] },
    ]],
    ['a picture', of({ type: 'HEADER', format: 'IMAGE' }, body('Hola')), {}, ['9', 'a.png'], [
      { type: 'header', parameters: [{ type: 'image', image: { id: '9' } }] },
    ]],
    ['a video', of({ type: 'HEADER', format: 'VIDEO' }, body('Hola')), {}, ['9', null], [
      { type: 'header', parameters: [{ type: 'video', video: { id: '9' } }] },
    ]],
    ['a document', of({ type: 'HEADER', format: 'DOCUMENT' }, body('Hola')), {}, ['9', 'cita.pdf'], [
      { type: 'header', parameters: [{ type: 'document', document: { id: '9', filename: 'cita.pdf' } }] },
    ]],
    ['a code to copy', of(body('Hola'), buttons({ type: 'QUICK_REPLY', text: 'Sí' }, { type: 'COPY_CODE', text: 'Copiar', example: ['AB'] })), { buttons: { 1: 'VERANO' } }, [null, null], [
      { type: 'button', sub_type: 'copy_code', index: '1', parameters: [{ type: 'coupon_code', coupon_code: 'VERANO' }] },
    ]],
    ['a form', of(body('Hola'), buttons({ type: 'FLOW', text: 'Rellenar', flow_id: '1' })), {}, [null, null], [
      { type: 'button', sub_type: 'flow', index: '0', parameters: [{ type: 'action', action: { flow_token: 'unused' } }] },
    ]],
    ['nothing to fill', of({ type: 'HEADER', format: 'TEXT', text: 'Cita' }, body('Hola'), buttons({ type: 'QUICK_REPLY', text: 'Sí' }, { type: 'URL', text: 'Web', url: 'https://a.example' }, { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+34910000001' }, { type: 'VOICE_CALL', text: 'Llamar' }, { type: 'REQUEST_CONTACT_INFO', text: 'Contacto' })), {}, [null, null], []],
  ])('are as Meta wants them: %s', (_name, template, given, [graphId, fileName], components) => {
    expect(readTemplate(template).unsupported).toEqual([]);
    expect(templateComponents(template, values(given), graphId, fileName)).toEqual(components);
  }); // prettier-ignore

  it('carry every variable once', () => {
    const name = fc.constantFrom('nombre', 'fecha', 'hora', 'motivo');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (names) => {
        const template = named(body(names.map((each) => `x {{${each}}} y`).join(' ')));
        const [component] = templateComponents(template, values(), null, null);
        expect(component?.parameters.map((parameter) => 'parameter_name' in parameter && parameter.parameter_name)).toEqual(templateVariables(names.map((each) => `{{${each}}}`).join('')));
      }),
    ); // prettier-ignore
  });
});
