import { describe, expect, it } from 'vitest';
import { checkNewTemplate, type TemplateDraft } from './template-draft.ts';

type Component = TemplateDraft['components'][number];
const FREE_WRITING = 'Hola {{nombre}}, le escribimos de la clínica: {{motivo}} Quedamos a su disposición.';
const EXAMPLES = {
  body_text_named_params: [
    { param_name: 'nombre', example: 'Lucía' },
    { param_name: 'motivo', example: 'su férula ha llegado.' },
  ],
};
const draft = (changes: Partial<TemplateDraft> = {}): TemplateDraft => ({
  name: 'escritura_libre',
  language: 'es',
  category: 'UTILITY',
  parameterFormat: 'NAMED',
  components: [{ type: 'BODY', text: FREE_WRITING, example: EXAMPLES }],
  hasHeaderFile: false,
  ...changes,
});
const withBody = (text: string, parameterFormat: 'NAMED' | 'POSITIONAL' = 'POSITIONAL'): TemplateDraft =>
  draft({
    parameterFormat,
    components: [
      {
        type: 'BODY',
        text,
        example: { ...EXAMPLES, body_text: [['uno', 'dos', 'tres', 'cuatro']] },
      },
    ],
  });
const withPart = (component: Component, changes: Partial<TemplateDraft> = {}): TemplateDraft => {
  const base = draft();
  return { ...base, components: [...base.components, component], ...changes };
};
const withButtons = (...buttons: Record<string, unknown>[]) => withPart({ type: 'BUTTONS', buttons });
const reply = (text: string) => ({ type: 'QUICK_REPLY', text });
const url = (address: string, more: object = {}) => ({ type: 'URL', text: 'Ver', url: address, ...more });
const codes = (of: TemplateDraft) =>
  checkNewTemplate(of).map(({ part, key, problem }) => `${part}${key === null ? '' : `.${key}`}: ${problem}`);

describe('a new template', () => {
  it.each<[string, TemplateDraft]>([
    ['free writing', draft()],
    ['with a file', withPart({ type: 'HEADER', format: 'DOCUMENT' }, { hasHeaderFile: true })],
    ['with everything', {
      ...withButtons(
        reply('Sí'),
        reply('No'),
        url('https://clinica.example/c/{{1}}', { example: ['https://clinica.example/c/a'] }),
        url('https://clinica.example'),
        { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+34910000001' },
        { type: 'COPY_CODE', example: 'VERANO25' },
      ),
    }],
    ['numbered', withBody('Hola {{1}}, te esperamos el próximo {{2}} en la clínica. Gracias.')],
    ['ending with a full stop', withBody('Hola, te esperamos en la clínica el {{1}}.')],
    ['with a heading', withPart({ type: 'HEADER', format: 'TEXT', text: 'Para {{nombre}}', example: { header_text_named_params: [{ param_name: 'nombre', example: 'Lucía' }] } })],
    ['with a footer', withPart({ type: 'FOOTER', text: 'Clínica Alameda' })],
  ])('is fine: %s', (_name, of) => {
    expect(checkNewTemplate(of)).toEqual([]);
  }); // prettier-ignore

  it.each<[string, TemplateDraft, string[]]>([
    ['no name', draft({ name: '' }), ['name: empty']],
    ['a name with a capital', draft({ name: 'Cita' }), ['name: name_invalid']],
    ['a name with an accent', draft({ name: 'recordación' }), ['name: name_invalid']],
    ['a long name', draft({ name: 'a'.repeat(513) }), ['name: too_long']],
    ['a language of its own', draft({ language: 'español' }), ['language: language_invalid']],
    ['no body', draft({ components: [] }), ['body: empty']],
    ['a long body', withBody('a '.repeat(513)), ['body: too_long']],
    ['a variable first', withBody('{{1}} le espera mañana a las diez'), ['body: starts_with_variable']],
    ['a variable last', withBody('Mañana a las diez le espera {{1}} '), ['body: ends_with_variable']],
    ['two variables in a row', withBody('Hola, le esperamos el {{1}} {{2}} en la clínica'), ['body: variables_adjacent']],
    ['too few words', withBody('Hola {{1}} y {{2}} adiós hoy'), ['body: too_few_words']],
    ['a number left out', withBody('Hola {{1}}, le esperamos el {{3}} en la clínica'), ['body: variables_not_consecutive']],
    ['a number for a name', withBody('Hola {{1}}, le esperamos en la clínica', 'NAMED'), ['body.1: variable_invalid', 'body.1: example_missing'].slice(0, 1)],
    ['a name for a number', withBody('Hola {{nombre}}, le esperamos en la clínica'), ['body.nombre: variable_invalid', 'body: variables_not_consecutive']],
    ['a variable with blanks', withBody('Hola {{su nombre}}, le esperamos en la clínica'), ['body.su nombre: variable_invalid']],
    ['no example', draft({ components: [{ type: 'BODY', text: FREE_WRITING }] }), ['body.nombre: example_missing', 'body.motivo: example_missing']],
    ['a long heading', withPart({ type: 'HEADER', format: 'TEXT', text: 'a'.repeat(61) }), ['header: too_long']],
    ['a heading of two lines', withPart({ type: 'HEADER', format: 'TEXT', text: 'a\nb' }), ['header: newline']],
    ['an empty heading', withPart({ type: 'HEADER', format: 'TEXT', text: ' ' }), ['header: empty']],
    ['a heading of two variables', withPart({ type: 'HEADER', format: 'TEXT', text: '{{a}} {{b}}', example: { header_text_named_params: [{ param_name: 'a', example: 'x' }, { param_name: 'b', example: 'x' }] } }), ['header: too_many_variables']],
    ['a file that is missing', withPart({ type: 'HEADER', format: 'IMAGE' }), ['header: file_missing']],
    ['a file for nothing', draft({ hasHeaderFile: true }), ['header: file_unexpected']],
    ['a place', withPart({ type: 'HEADER', format: 'LOCATION' }), ['header: unsupported']],
    ['a carousel', withPart({ type: 'CAROUSEL' }), ['body: unsupported']],
    ['a variable in the footer', withPart({ type: 'FOOTER', text: 'Hola {{1}}' }), ['footer: variables_not_allowed']],
    ['a long footer', withPart({ type: 'FOOTER', text: 'a'.repeat(61) }), ['footer: too_long']],
    ['no buttons', withButtons(), ['buttons: empty']],
    ['eleven buttons', withButtons(...Array.from({ length: 11 }, (_item, index) => reply(`n${index}`))), ['buttons: too_many']],
    ['three addresses', withButtons(url('https://a.example'), url('https://b.example'), url('https://c.example')), ['buttons.2: too_many_of_kind']],
    ['two phones', withButtons(...['+34910000001', '+34910000002'].map((phone_number) => ({ type: 'PHONE_NUMBER', text: 'Llamar', phone_number }))), ['buttons.1: too_many_of_kind']],
    ['answers among others', withButtons(reply('Sí'), url('https://a.example'), reply('No')), ['buttons: quick_replies_apart']],
    ['a long label', withButtons(reply('a'.repeat(26))), ['buttons.0: too_long']],
    ['no label', withButtons(reply(' ')), ['buttons.0: empty']],
    ['a variable in a label', withButtons(reply('Hola {{1}}')), ['buttons.0: variables_not_allowed']],
    ['an address without a scheme', withButtons(url('clinica.example')), ['buttons.0: url_invalid']],
    ['a variable inside an address', withButtons(url('https://a.example/{{1}}/x', { example: ['a'] })), ['buttons.0: url_variable_not_last']],
    ['an address without example', withButtons(url('https://a.example/{{1}}')), ['buttons.0: example_missing']],
    ['a long address', withButtons(url(`https://a.example/${'a'.repeat(2_000)}`)), ['buttons.0: too_long']],
    ['a phone without country', withButtons({ type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '910000001' }), ['buttons.0: phone_invalid']],
    ['a long code', withButtons({ type: 'COPY_CODE', example: 'A'.repeat(16) }), ['buttons.0: too_long']],
    ['no code', withButtons({ type: 'COPY_CODE' }), ['buttons.0: example_missing']],
    ['a form', withButtons({ type: 'FLOW', text: 'Rellenar' }), ['buttons.0: unsupported']],
  ])('is not: %s', (_name, of, expected) => {
    expect(codes(of)).toEqual(expected);
  }); // prettier-ignore
});
