import { readTemplate, templateVariables, type TemplateDraft } from '@recado/protocol';
import type { TemplateView } from '../../../shared/contract/index.ts';
import { fold } from '../../lib/fold.ts';

export const BUTTON_TYPES = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE'] as const;
export const HEADER_KINDS = ['none', 'text', 'image', 'video', 'document'] as const;

export interface FormButton {
  type: (typeof BUTTON_TYPES)[number];
  text: string;
  /** An address, a number or a code. */
  value: string;
  /** The end of an address with a variable, as it may be. */
  example: string;
}

/** A template while it is being written. */
export interface TemplateForm {
  name: string;
  language: string;
  category: 'UTILITY' | 'MARKETING';
  header: (typeof HEADER_KINDS)[number];
  headerText: string;
  body: string;
  footer: string;
  buttons: FormButton[];
  /** By the variable's name; those of header and body are one list, as a person sees them. */
  examples: Record<string, string>;
}

export const emptyForm: TemplateForm = {
  name: '',
  language: 'es',
  category: 'UTILITY',
  header: 'none',
  headerText: '',
  body: '',
  footer: '',
  buttons: [],
  examples: {},
};

/** The template a clinic answers expired conversations with: greeting, whatever there is to say, and how to go on. */
export const freeWritingForm: TemplateForm = {
  ...emptyForm,
  name: 'escritura_libre',
  body: 'Hola, {{nombre}}:\n\n{{motivo}}\n\nPuedes responder a este mensaje y te atendemos.',
  examples: { nombre: 'Lucía', motivo: 'hemos revisado tu presupuesto y podemos hacerlo en tres plazos' },
};

/** A name as Meta takes them: `Recordatorio de cita` is `recordatorio_de_cita`. */
export function templateName(typed: string): string {
  return fold(typed)
    .replace(/[^a-z0-9]+/gu, '_')
    .replace(/^_+/u, '')
    .slice(0, 512);
}

/** A name like another one that nobody has yet. */
export function freeName(name: string, taken: readonly string[]): string {
  const base = name.replace(/_\d+$/u, '');
  for (let number = 2; ; number++) {
    const candidate = `${base}_${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** Variables of header and body in the order they are read, each once. */
export function formVariables(form: TemplateForm): string[] {
  const header = form.header === 'text' ? templateVariables(form.headerText) : [];
  return [...new Set([...header, ...templateVariables(form.body)])];
}

const isNumbered = (form: TemplateForm): boolean => {
  const variables = formVariables(form);
  return variables.length > 0 && variables.every((name) => /^\d+$/u.test(name));
};

function buttonOf({ type, text, value, example }: FormButton): Record<string, unknown> {
  switch (type) {
    case 'QUICK_REPLY':
      return { type, text };
    case 'URL': {
      // Meta wants the whole address as the example.
      const whole = value.replace(/\{\{1\}\}$/u, example);
      return { type, text, url: value, ...(whole === value ? {} : { example: [whole] }) };
    }
    case 'PHONE_NUMBER':
      return { type, text, phone_number: value.replace(/[\s().-]/gu, '') };
    case 'COPY_CODE':
      return { type, text, example: value };
  }
}

function textPart(
  type: 'HEADER' | 'BODY',
  text: string,
  form: TemplateForm,
): TemplateDraft['components'][number] {
  const part = type.toLowerCase();
  const known = templateVariables(text).filter((name) => (form.examples[name] ?? '').trim() !== '');
  const format = type === 'HEADER' ? { format: 'TEXT' } : {};
  if (known.length === 0) return { type, ...format, text };
  const examples = known.map((name) => form.examples[name] ?? '');
  const example = isNumbered(form)
    ? { [`${part}_text`]: type === 'BODY' ? [examples] : examples }
    : {
        [`${part}_text_named_params`]: known.map((name) => ({
          param_name: name,
          example: form.examples[name] ?? '',
        })),
      };
  return { type, ...format, text, example };
}

/** As it is submitted, and as it is checked before that. */
export function draftOfForm(form: TemplateForm, hasHeaderFile: boolean): TemplateDraft {
  const { name, language, category, header, headerText, body, footer, buttons } = form;
  return {
    name,
    language,
    category,
    parameterFormat: isNumbered(form) ? 'POSITIONAL' : 'NAMED',
    hasHeaderFile,
    components: [
      ...(header === 'none'
        ? []
        : header === 'text'
          ? [textPart('HEADER', headerText, form)]
          : [{ type: 'HEADER', format: header.toUpperCase() }]),
      textPart('BODY', body, form),
      ...(footer.trim() === '' ? [] : [{ type: 'FOOTER', text: footer }]),
      ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS', buttons: buttons.map(buttonOf) }]),
    ],
  };
}

/** A template to begin another one with. */
export function formOfTemplate(template: TemplateView): TemplateForm {
  const read = readTemplate(template);
  const { header } = read;
  return {
    ...emptyForm,
    name: template.name,
    language: template.language,
    category: template.category === 'MARKETING' ? 'MARKETING' : 'UTILITY',
    header: header.kind === 'location' ? 'none' : header.kind,
    headerText: header.kind === 'text' ? header.text : '',
    body: read.body,
    footer: read.footer ?? '',
    examples: Object.fromEntries(
      read.fields
        .filter(({ part }) => part !== 'buttons')
        .flatMap(({ key, example }) => (example === null ? [] : [[key, example]])),
    ),
    buttons: read.buttons.flatMap((button): FormButton[] => {
      const type = BUTTON_TYPES.find((each) => each === button.type);
      if (type === undefined) return [];
      const field = read.fields.find(({ part, key }) => part === 'buttons' && key === String(button.index));
      const example = field?.example ?? '';
      const value = type === 'COPY_CODE' ? example : (button.url ?? button.phone ?? '');
      return [{ type, text: button.text, value, example: type === 'URL' ? example : '' }];
    }),
  };
}
