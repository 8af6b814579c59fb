import { checkNewTemplate, freeWritingField, readTemplate } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedTemplates } from '../../testing/seed-templates.ts';
import {
  draftOfForm,
  emptyForm,
  formOfTemplate,
  formVariables,
  freeName,
  freeWritingForm,
  templateName,
} from './template-form.ts';

describe('a template being written', () => {
  it('begins as one for free writing that can be submitted as it is', () => {
    const draft = draftOfForm(freeWritingForm, false);
    expect(checkNewTemplate(draft)).toEqual([]);
    expect(freeWritingField(draft)?.key).toBe('motivo');
    expect(draft.parameterFormat).toBe('NAMED');
  });

  it('takes a file for its header, and asks for an example of it', () => {
    const form = { ...freeWritingForm, header: 'document' as const };
    expect(checkNewTemplate(draftOfForm(form, true))).toEqual([]);
    expect(checkNewTemplate(draftOfForm(form, false)).map(({ problem }) => problem)).toEqual([
      'file_missing',
    ]);
  });

  it('asks for what is missing', () => {
    const problems = checkNewTemplate(draftOfForm(emptyForm, false));
    expect(problems.map(({ part, problem }) => [part, problem])).toEqual([
      ['name', 'empty'],
      ['body', 'empty'],
    ]);
  });

  it('numbers variables that are numbers', () => {
    const form = {
      ...emptyForm,
      name: 'aviso',
      body: 'Hola, {{1}}. Te llamamos por tu {{2}} de mañana por la tarde.',
      examples: { 1: 'Lucía', 2: 'cita' },
    };
    const draft = draftOfForm(form, false);
    expect(draft.parameterFormat).toBe('POSITIONAL');
    expect(checkNewTemplate(draft)).toEqual([]);
    expect(formVariables(form)).toEqual(['1', '2']);
  });

  it('gives Meta the whole address as the example of its end', () => {
    const form = {
      ...freeWritingForm,
      buttons: [
        { type: 'URL' as const, text: 'Ver', value: 'https://alameda.example/p/{{1}}', example: '7431' },
        { type: 'PHONE_NUMBER' as const, text: 'Llamar', value: '+34 910 00 00 00', example: '' },
      ],
    };
    const draft = draftOfForm(form, false);
    expect(checkNewTemplate(draft)).toEqual([]);
    expect(draft.components.at(-1)).toMatchObject({
      buttons: [{ example: ['https://alameda.example/p/7431'] }, { phone_number: '+34910000000' }],
    });
  });

  it('comes back from a template as it went in', () => {
    for (const template of seedTemplates(0).filter(({ name }) => name !== 'como_llegar')) {
      const draft = draftOfForm(formOfTemplate(template), false);
      const { header, body, footer, buttons, format } = readTemplate({ ...template, ...draft });
      const before = readTemplate(template);
      expect({ header, body, footer, buttons, format }).toEqual({
        header: before.header,
        body: before.body,
        footer: before.footer,
        buttons: before.buttons,
        format: before.format,
      });
    }
  });
});

describe('a name', () => {
  it('is written as Meta takes it, whatever is typed', () => {
    expect(templateName('Recordatorio de próxima CITA')).toBe('recordatorio_de_proxima_cita');
    fc.assert(fc.property(fc.string(), (typed) => /^[a-z0-9_]*$/u.test(templateName(typed))));
  });

  it('is one nobody has', () => {
    expect(freeName('cita', ['cita'])).toBe('cita_2');
    expect(freeName('cita_2', ['cita', 'cita_2'])).toBe('cita_3');
  });
});
