/**
 * A template before it is submitted: what WhatsApp would reject at once is said while it is being written.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
 */
import type { CommandArguments } from '../commands.ts';
import {
  findTemplateComponent,
  listTemplateButtons,
  readTemplate,
  TEMPLATE_BODY_MAX,
  TEMPLATE_BUTTON_LABEL_MAX,
  TEMPLATE_COPY_CODE_MAX,
  TEMPLATE_FOOTER_MAX,
  TEMPLATE_HEADER_MAX,
  TEMPLATE_URL_MAX,
  templateExamples,
  templateVariables,
  isMediaHeader,
  type TemplateButton,
} from './template-read.ts';

export const TEMPLATE_NAME_MAX = 512;
export const TEMPLATE_BUTTONS_MAX = 10;
const PHONE_MAX = 20;
/** How many there may be of a kind of button. */
const BUTTON_KIND_MAX: Partial<Record<TemplateButton['kind'], number>> = { url: 2, phone: 1, copy_code: 1 };

export type TemplateDraft = Pick<
  CommandArguments<'template.create'>,
  'name' | 'language' | 'category' | 'parameterFormat' | 'components'
> & {
  /** An example of the header's picture, video or document has been chosen. */
  hasHeaderFile: boolean;
};

export interface TemplateDraftProblem {
  part: 'name' | 'language' | 'header' | 'body' | 'footer' | 'buttons';
  /** Place of the button, or name of the variable; null for the part as a whole. */
  key: string | null;
  problem:
    | 'empty'
    | 'too_long'
    | 'name_invalid'
    | 'language_invalid'
    | 'newline'
    | 'too_many_variables'
    | 'variables_not_allowed'
    | 'variable_invalid'
    | 'variables_not_consecutive'
    | 'variables_adjacent'
    | 'starts_with_variable'
    | 'ends_with_variable'
    | 'too_few_words'
    | 'example_missing'
    | 'file_missing'
    | 'file_unexpected'
    | 'unsupported'
    | 'too_many'
    | 'too_many_of_kind'
    | 'quick_replies_apart'
    | 'url_invalid'
    | 'url_variable_not_last'
    | 'phone_invalid';
  /** Of the length, number or words that is asked for. */
  limit: number | null;
}

type Say = (problem: TemplateDraftProblem['problem'], key?: string | null, limit?: number | null) => void;

const BRACES = /\{\{(.*?)\}\}/gs;
const ANY_VARIABLE = /\{\{[^{}]*\}\}/g;

/** Names and numbers of variables, and an example for each. */
function checkVariables(draft: TemplateDraft, part: 'header' | 'body', text: string, say: Say) {
  const isNamed = draft.parameterFormat === 'NAMED';
  const examples = templateExamples(findTemplateComponent(draft.components, part.toUpperCase()), part);
  const valid = isNamed ? /^[a-z][a-z0-9_]*$/ : /^[1-9]\d*$/;
  const written = [...text.matchAll(BRACES)].map((match) => (match[1] ?? '').trim());
  for (const name of new Set(written)) if (!valid.test(name)) say('variable_invalid', name);
  const names = templateVariables(text);
  if (!isNamed && names.some((name, index) => name !== String(index + 1))) say('variables_not_consecutive');
  for (const name of names) if (!examples.has(name)) say('example_missing', name);
}

/** Meta's error 2388293 names no number; several of its partners found this one: 2 words for each variable, and 1. */
const wordsNeeded = (variables: number) => 2 * variables + 1;

function checkBody(draft: TemplateDraft, body: string, say: Say) {
  const text = body.trim();
  if (text === '') {
    say('empty');
    return;
  }
  if (body.length > TEMPLATE_BODY_MAX) say('too_long', null, TEMPLATE_BODY_MAX);
  checkVariables(draft, 'body', body, say);
  // Meta's error 2388299.
  if (/^\{\{[^{}]*\}\}/.test(text)) say('starts_with_variable');
  if (/\{\{[^{}]*\}\}$/.test(text)) say('ends_with_variable');
  if (/\{\{[^{}]*\}\}\s*\{\{/.test(text)) say('variables_adjacent');
  const variables = text.match(ANY_VARIABLE)?.length ?? 0;
  const words = text.replace(ANY_VARIABLE, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  if (variables > 0 && words < wordsNeeded(variables)) say('too_few_words', null, wordsNeeded(variables));
}

function checkHeader(draft: TemplateDraft, say: Say) {
  const { header } = readTemplate(draft);
  if (isMediaHeader(header) !== draft.hasHeaderFile)
    say(draft.hasHeaderFile ? 'file_unexpected' : 'file_missing');
  if (header.kind !== 'text') return;
  const { text } = header;
  if (text.trim() === '') say('empty');
  if (text.length > TEMPLATE_HEADER_MAX) say('too_long', null, TEMPLATE_HEADER_MAX);
  if (/[\n\r]/.test(text)) say('newline');
  if ((text.match(ANY_VARIABLE)?.length ?? 0) > 1) say('too_many_variables', null, 1);
  checkVariables(draft, 'header', text, say);
}

function checkFooter(draft: TemplateDraft, say: Say) {
  const component = findTemplateComponent(draft.components, 'FOOTER');
  if (component === null) return;
  const text = typeof component['text'] === 'string' ? component['text'] : '';
  if (text.trim() === '') say('empty');
  if (text.length > TEMPLATE_FOOTER_MAX) say('too_long', null, TEMPLATE_FOOTER_MAX);
  if (/[\n\r]/.test(text)) say('newline');
  if (text.search(ANY_VARIABLE) >= 0) say('variables_not_allowed');
}

const firstText = (value: unknown): string => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
};

function checkUrl(button: TemplateButton, example: string, say: Say) {
  const key = String(button.index);
  const url = button.url ?? '';
  if (url.length > TEMPLATE_URL_MAX) say('too_long', key, TEMPLATE_URL_MAX);
  if (!/^https?:\/\/[^\s/?#{}]+\.[^\s/?#{}]{2,}([/?#]\S*)?$/i.test(url.replace(ANY_VARIABLE, '1')))
    say('url_invalid', key);
  const variables = url.match(ANY_VARIABLE) ?? [];
  if (variables.length === 0) return;
  if (variables.length > 1 || !url.endsWith('{{1}}')) say('url_variable_not_last', key);
  if (example.trim() === '') say('example_missing', key);
}

function checkButton(button: TemplateButton, source: Record<string, unknown>, say: Say) {
  const key = String(button.index);
  const example = firstText(source['example']);
  // WhatsApp words this button itself.
  if (button.kind !== 'copy_code') {
    if (button.text.trim() === '') say('empty', key);
    if (/[\n\r]/.test(button.text)) say('newline', key);
    if (button.text.search(ANY_VARIABLE) >= 0) say('variables_not_allowed', key);
    if (button.text.length > TEMPLATE_BUTTON_LABEL_MAX) say('too_long', key, TEMPLATE_BUTTON_LABEL_MAX);
  }
  switch (button.kind) {
    case 'url':
    case 'url_variable':
      checkUrl(button, example, say);
      return;
    case 'phone':
      if (!/^\+[1-9]\d{6,14}$/.test(button.phone ?? '') || (button.phone ?? '').length > PHONE_MAX)
        say('phone_invalid', key);
      return;
    case 'copy_code':
      if (example.trim() === '') say('example_missing', key);
      if (example.length > TEMPLATE_COPY_CODE_MAX) say('too_long', key, TEMPLATE_COPY_CODE_MAX);
      return;
    case 'quick_reply':
      return;
    case 'flow':
    case 'other':
      say('unsupported', key);
  }
}

function checkButtons(draft: TemplateDraft, say: Say) {
  const component = findTemplateComponent(draft.components, 'BUTTONS');
  if (component === null) return;
  const { buttons } = readTemplate(draft);
  const sources = listTemplateButtons(draft.components);
  if (buttons.length === 0) say('empty');
  if (buttons.length > TEMPLATE_BUTTONS_MAX) say('too_many', null, TEMPLATE_BUTTONS_MAX);
  const kinds = buttons.map(({ kind }) => (kind === 'url_variable' ? 'url' : kind));
  for (const [kind, limit] of Object.entries(BUTTON_KIND_MAX)) {
    const places = kinds.flatMap((held, index) => (held === kind ? [index] : []));
    for (const index of places.slice(limit)) say('too_many_of_kind', String(index), limit);
  }
  const turns = kinds.filter(
    (kind, index) => index > 0 && (kind === 'quick_reply') !== (kinds[index - 1] === 'quick_reply'),
  );
  if (turns.length > 1) say('quick_replies_apart');
  for (const button of buttons) checkButton(button, sources[button.index] ?? {}, say);
}

/** What WhatsApp would reject about a new template; empty when it may be submitted. */
export function checkNewTemplate(draft: TemplateDraft): TemplateDraftProblem[] {
  const problems: TemplateDraftProblem[] = [];
  const sayOf =
    (part: TemplateDraftProblem['part']): Say =>
    (problem, key = null, limit = null) => {
      problems.push({ part, key, problem, limit });
    };
  const sayName = sayOf('name');
  if (draft.name === '') sayName('empty');
  else if (!/^[a-z0-9_]+$/.test(draft.name)) sayName('name_invalid');
  if (draft.name.length > TEMPLATE_NAME_MAX) sayName('too_long', null, TEMPLATE_NAME_MAX);
  if (!/^[a-z]{2,3}(?:_[A-Z]{2})?$/.test(draft.language)) sayOf('language')('language_invalid');
  const { body, unsupported } = readTemplate(draft);
  if (unsupported.includes('component_other')) sayOf('body')('unsupported');
  if (unsupported.some((part) => part === 'header_location' || part === 'header_other'))
    sayOf('header')('unsupported');
  checkHeader(draft, sayOf('header'));
  checkBody(draft, body, sayOf('body'));
  checkFooter(draft, sayOf('footer'));
  checkButtons(draft, sayOf('buttons'));
  return problems;
}
