/**
 * What a template of Meta's consists of and what a person fills in. Meta's component list comes as it is, with parts
 * this app has never heard of; those are named in `unsupported` and such a template is never sent half filled.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
 */
import type { Template } from '../entities.ts';

export type TemplateComponents = Template['components'];
export type TemplateParts = Pick<Template, 'components'> &
  Partial<Pick<Template, 'name' | 'category' | 'parameterFormat'>>;

export const TEMPLATE_BODY_MAX = 1_024;
export const TEMPLATE_HEADER_MAX = 60;
export const TEMPLATE_FOOTER_MAX = 60;
export const TEMPLATE_BUTTON_LABEL_MAX = 25;
export const TEMPLATE_URL_MAX = 2_000;
export const TEMPLATE_COPY_CODE_MAX = 15;

/** The variable a receptionist writes freely in, wherever a template has it. */
export const FREE_WRITING_VARIABLE = 'motivo';

export type MediaHeaderKind = 'image' | 'video' | 'document';

export type TemplateHeader =
  { kind: 'none' } | { kind: 'text'; text: string } | { kind: MediaHeaderKind } | { kind: 'location' };

export interface TemplateButton {
  /** The button's place, from 0: Meta's `index`. */
  index: number;
  /** `url_variable` needs the end of its address; `flow` and `other` are sent as they are. */
  kind: 'quick_reply' | 'url' | 'url_variable' | 'phone' | 'copy_code' | 'flow' | 'other';
  /** Meta's own word, upper case. */
  type: string;
  text: string;
  /** With its variable still in it, for both kinds of `url`. */
  url: string | null;
  phone: string | null;
}

/** Where a value goes: the same names as in `TemplateValues`. */
export type TemplateFieldPart = 'header' | 'body' | 'buttons';

export interface TemplateField {
  part: TemplateFieldPart;
  /** Name or number of the variable; of a button, its place. */
  key: string;
  /** What to call it before a person: the variable's name or number, or the button's label. */
  label: string;
  example: string | null;
  /** Longest value that can fit when the others are as short as can be. */
  maxLength: number;
  /** The template's words before the variable, for guessing what belongs there. */
  before: string;
  after: string;
}

/** What this app cannot fill in; a template with any of them is shown and not sent. */
export type UnsupportedTemplatePart =
  'authentication' | 'header_location' | 'header_other' | 'button_other' | 'component_other' | 'no_body';

export interface ReadTemplate {
  header: TemplateHeader;
  body: string;
  footer: string | null;
  buttons: TemplateButton[];
  /** Header, body, buttons; each in the order of the text. */
  fields: TemplateField[];
  format: 'NAMED' | 'POSITIONAL';
  unsupported: UnsupportedTemplatePart[];
}

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;

/** The variables of a text, each once: numbers in their order, names as they appear. */
export function templateVariables(text: string): string[] {
  const names = [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''))];
  return names.every((name) => /^\d+$/.test(name))
    ? names.sort((one, other) => Number(one) - Number(other))
    : names;
}

/** A text with its variables filled in, in one pass: a value that looks like a variable stays as it is. */
export function fillVariables(text: string, valueOf: (name: string) => string | null): string {
  return text.replace(VARIABLE, (variable, name: string) => valueOf(name) ?? variable);
}

type Loose = Record<string, unknown>;
const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const looseList = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isLoose) : []);
const word = (value: unknown): string => (typeof value === 'string' ? value.toUpperCase() : '');
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function findTemplateComponent(components: TemplateComponents, type: string): Loose | null {
  return components.find((component) => word(component.type) === type) ?? null;
}

export function listTemplateButtons(components: TemplateComponents): Loose[] {
  return looseList(findTemplateComponent(components, 'BUTTONS')?.['buttons']);
}

/** Examples by variable. Meta lists positional ones twice nested for the body, once for the header. */
export function templateExamples(component: Loose | null, part: 'header' | 'body'): Map<string, string> {
  const example = isLoose(component?.['example']) ? component['example'] : {};
  const examples = new Map<string, string>();
  for (const named of looseList(example[`${part}_text_named_params`])) {
    const name = textOf(named['param_name']);
    const value = textOf(named['example']);
    if (name !== null && value !== null) examples.set(name, value);
  }
  const listed: unknown = example[`${part}_text`];
  const flat: unknown[] = Array.isArray(listed) ? (Array.isArray(listed[0]) ? listed[0] : listed) : [listed];
  for (const [index, value] of flat.entries()) {
    const text = textOf(value);
    if (text !== null) examples.set(String(index + 1), text);
  }
  return examples;
}

const staticLength = (text: string) => text.replace(VARIABLE, '').length;

function textFields(
  part: 'header' | 'body',
  component: Loose | null,
  text: string,
  limit: number,
): TemplateField[] {
  const names = templateVariables(text);
  const examples = templateExamples(component, part);
  const room = limit - staticLength(text);
  return names.map((name) => {
    const places = [...text.matchAll(VARIABLE)].filter((match) => match[1] === name);
    const [first] = places;
    const start = first?.index ?? 0;
    const others = [...text.matchAll(VARIABLE)].length - places.length;
    return {
      part,
      key: name,
      label: name,
      example: examples.get(name) ?? null,
      maxLength: Math.max(0, Math.floor((room - others) / Math.max(1, places.length))),
      before: text.slice(0, start),
      after: text.slice(start + (first?.[0].length ?? 0)),
    };
  });
}

const BUTTON_KINDS: Record<string, TemplateButton['kind']> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  PHONE_NUMBER: 'phone',
  COPY_CODE: 'copy_code',
  FLOW: 'flow',
};
/** Buttons that need nothing when the template is sent, though this app has no name for them. */
const BARE_BUTTONS = new Set(['VOICE_CALL', 'REQUEST_CONTACT_INFO', 'CATALOG']);

function readButton(button: Loose, index: number): TemplateButton {
  const type = word(button['type']);
  const url = textOf(button['url']);
  const known = BUTTON_KINDS[type] ?? 'other';
  return {
    index,
    kind: known === 'url' && url !== null && templateVariables(url).length > 0 ? 'url_variable' : known,
    type,
    text: textOf(button['text']) ?? '',
    url,
    phone: textOf(button['phone_number']),
  };
}

/** Meta keeps the whole address as the example; the end is what a person writes. */
function urlExample(button: Loose, url: string): string | null {
  const listed = button['example'];
  const example = textOf(Array.isArray(listed) ? listed[0] : listed);
  const beginning = url.slice(0, url.search(/\{\{/));
  return example !== null && example.startsWith(beginning) ? example.slice(beginning.length) : example;
}

function buttonField(button: TemplateButton, source: Loose): TemplateField | null {
  const common = { part: 'buttons', key: String(button.index), before: '', after: '' } as const;
  if (button.kind === 'url_variable' && button.url !== null) {
    return {
      ...common,
      label: button.text,
      example: urlExample(source, button.url),
      maxLength: Math.max(0, TEMPLATE_URL_MAX - staticLength(button.url)),
    };
  }
  if (button.kind !== 'copy_code') return null;
  const listed = source['example'];
  return {
    ...common,
    label: button.text,
    example: textOf(Array.isArray(listed) ? listed[0] : listed),
    maxLength: TEMPLATE_COPY_CODE_MAX,
  };
}

const KNOWN_COMPONENTS = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS']);
const MEDIA_FORMATS: Record<string, MediaHeaderKind> = {
  IMAGE: 'image',
  VIDEO: 'video',
  DOCUMENT: 'document',
};

function readHeader(component: Loose | null): TemplateHeader | 'other' {
  if (component === null) return { kind: 'none' };
  const format = word(component['format']) || 'TEXT';
  if (format === 'TEXT') return { kind: 'text', text: textOf(component['text']) ?? '' };
  if (format === 'LOCATION') return { kind: 'location' };
  const kind = MEDIA_FORMATS[format];
  return kind === undefined ? 'other' : { kind };
}

/** Reads a template as WhatsApp lists it. */
export function readTemplate(template: TemplateParts): ReadTemplate {
  const { components } = template;
  const headerComponent = findTemplateComponent(components, 'HEADER');
  const bodyComponent = findTemplateComponent(components, 'BODY');
  const header = readHeader(headerComponent);
  const body = textOf(bodyComponent?.['text']) ?? '';
  const sources = listTemplateButtons(components);
  const buttons = sources.map(readButton);
  const headerText = header !== 'other' && header.kind === 'text' ? header.text : '';
  const isNamed =
    template.parameterFormat === 'NAMED' ||
    [headerText, body].some((text) => templateVariables(text).some((name) => !/^\d+$/.test(name)));

  const unsupported = new Set<UnsupportedTemplatePart>();
  // Codes to sign in with: their buttons repeat the code in ways of their own, and a front desk sends none.
  if (template.category === 'AUTHENTICATION') unsupported.add('authentication');
  if (header === 'other') unsupported.add('header_other');
  else if (header.kind === 'location') unsupported.add('header_location');
  if (body === '') unsupported.add('no_body');
  if (components.some((component) => !KNOWN_COMPONENTS.has(word(component.type))))
    unsupported.add('component_other');
  for (const button of buttons)
    if (button.kind === 'other' && !BARE_BUTTONS.has(button.type)) unsupported.add('button_other');

  return {
    header: header === 'other' ? { kind: 'none' } : header,
    body,
    footer: textOf(findTemplateComponent(components, 'FOOTER')?.['text']),
    buttons,
    fields: [
      ...textFields('header', headerComponent, headerText, TEMPLATE_HEADER_MAX),
      ...textFields('body', bodyComponent, body, TEMPLATE_BODY_MAX),
      ...buttons.flatMap((button) => buttonField(button, sources[button.index] ?? {}) ?? []),
    ],
    format: isNamed ? 'NAMED' : 'POSITIONAL',
    unsupported: [...unsupported],
  };
}

/**
 * The field a receptionist writes freely in: the variable `motivo`, or, where variables have only numbers, the last one
 * of a template whose name begins with `escritura_libre`. Null for any other template.
 */
export function freeWritingField(template: TemplateParts): TemplateField | null {
  const fields = readTemplate(template).fields.filter(({ part }) => part === 'body');
  const named = fields.find(({ key }) => key === FREE_WRITING_VARIABLE);
  if (named !== undefined) return named;
  const isByName = template.name?.startsWith('escritura_libre') === true;
  return (isByName && fields.every(({ key }) => /^\d+$/.test(key)) && fields.at(-1)) || null;
}

/** Whether a template exists to carry what a receptionist writes. */
export function isFreeWriting(template: TemplateParts): boolean {
  return freeWritingField(template) !== null;
}

/** Whether a header of this kind takes a file chosen just before sending. */
export function isMediaHeader(header: TemplateHeader): header is { kind: MediaHeaderKind } {
  return header.kind === 'image' || header.kind === 'video' || header.kind === 'document';
}
