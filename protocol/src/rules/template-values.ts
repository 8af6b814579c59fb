/** A template filled in: checked as WhatsApp will check it, as the patient will read it, and as it goes to WhatsApp. */
import type { TemplateValues } from '../commands.ts';
import {
  fillVariables,
  isMediaHeader,
  readTemplate,
  TEMPLATE_BODY_MAX,
  TEMPLATE_HEADER_MAX,
  templateVariables,
  type ReadTemplate,
  type TemplateFieldPart,
  type TemplateParts,
} from './template-read.ts';

export interface TemplateValueProblem {
  part: TemplateFieldPart;
  /** The field's key; null for a part as a whole (its file, its length). */
  key: string | null;
  problem:
    | 'empty'
    | 'newline'
    | 'tab'
    | 'spaces'
    | 'too_long'
    | 'total_too_long'
    | 'space_in_url'
    | 'file_missing'
    | 'file_unexpected'
    | 'unsupported';
  /** In characters, for the two about length. */
  limit: number | null;
}

/** The value of a field; empty when there is none. */
export function templateValue(values: TemplateValues, part: TemplateFieldPart, key: string): string {
  const held = values[part];
  return Object.hasOwn(held, key) ? (held[key] ?? '') : '';
}

/** Meta refuses a value with any of these (132012, 132018). */
const NEWLINE = /[\n\r\v\f\u0085\u2028\u2029]/;
const SPACE_RUN = / {5,}/;

function problemsOf(value: string, isUrl: boolean, maxLength: number): TemplateValueProblem['problem'][] {
  const problems: TemplateValueProblem['problem'][] = [];
  if (value.trim() === '') return ['empty'];
  if (NEWLINE.test(value)) problems.push('newline');
  if (value.includes('\t')) problems.push('tab');
  if (SPACE_RUN.test(value)) problems.push('spaces');
  if (isUrl && /\s/.test(value) && problems.length === 0) problems.push('space_in_url');
  if (value.length > maxLength) problems.push('too_long');
  return problems;
}

/** Everything WhatsApp would refuse about these values; empty when the template can be sent. */
export function checkTemplateValues(
  read: ReadTemplate,
  values: TemplateValues,
  hasHeaderFile: boolean,
): TemplateValueProblem[] {
  const problems: TemplateValueProblem[] = [];
  if (read.unsupported.length > 0)
    problems.push({ part: 'body', key: null, problem: 'unsupported', limit: null });
  if (isMediaHeader(read.header) !== hasHeaderFile) {
    const problem = hasHeaderFile ? 'file_unexpected' : 'file_missing';
    problems.push({ part: 'header', key: null, problem, limit: null });
  }
  for (const { part, key, maxLength } of read.fields) {
    const isUrl = part === 'buttons' && read.buttons[Number(key)]?.kind === 'url_variable';
    for (const problem of problemsOf(templateValue(values, part, key), isUrl, maxLength))
      problems.push({ part, key, problem, limit: problem === 'too_long' ? maxLength : null });
  }
  for (const [part, text, limit] of [
    ['header', read.header.kind === 'text' ? read.header.text : '', TEMPLATE_HEADER_MAX],
    ['body', read.body, TEMPLATE_BODY_MAX],
  ] as const) {
    const filled = fillVariables(text, (name) => templateValue(values, part, name));
    if (templateVariables(text).length > 0 && filled.length > limit)
      problems.push({ part, key: null, problem: 'total_too_long', limit });
  }
  return problems;
}

const LIST_MARK = /^[-*•·–]\s+/;

/**
 * What a person wrote as one line, which is all a variable takes: line breaks become " · " (a plain space after the end
 * of a sentence or a colon), marks of lists go, runs of blanks become one. What fits already stays as it is.
 */
export function flattenValue(text: string): string {
  const lines = text
    .split(/[\n\r\v\f\u0085\u2028\u2029]+/)
    .map((line) => line.replace(/[\t \u00a0]+/g, ' ').trim())
    .filter((line) => line !== '');
  const [only] = lines;
  if (only === undefined) return '';
  if (lines.length === 1) return only;
  let flat = '';
  for (const line of lines) {
    const words = line.replace(LIST_MARK, '');
    if (flat === '') flat = words;
    else flat += /[.,;:!?…]$/.test(flat) ? ` ${words}` : ` · ${words}`;
  }
  return flat;
}

export interface RenderedTemplate {
  /** Null without a text header; a file is not part of the words. */
  header: string | null;
  body: string;
  footer: string | null;
  buttons: { type: string; text: string; url?: string }[];
}

/** The template as the patient reads it. A variable without a value stays visible as it stands in the template. */
export function renderTemplate(template: TemplateParts, values: TemplateValues): RenderedTemplate {
  const { header, body, footer, buttons } = readTemplate(template);
  const fill = (part: TemplateFieldPart, text: string) =>
    fillVariables(text, (name) => templateValue(values, part, name) || null);
  return {
    header: header.kind === 'text' ? fill('header', header.text) : null,
    body: fill('body', body),
    footer,
    buttons: buttons.map(({ type, text, url, index }) => ({
      type,
      text,
      ...(url === null
        ? {}
        : { url: fillVariables(url, () => templateValue(values, 'buttons', String(index)) || null) }),
    })),
  };
}

type TextParameter = { type: 'text'; text: string; parameter_name?: string };
type MediaParameter =
  | { type: 'image'; image: { id: string } }
  | { type: 'video'; video: { id: string } }
  | { type: 'document'; document: { id: string; filename?: string } };

/** An entry of `template.components` in Meta's request. */
export type TemplateMessageComponent =
  | { type: 'header'; parameters: (TextParameter | MediaParameter)[] }
  | { type: 'body'; parameters: TextParameter[] }
  | { type: 'button'; sub_type: 'url'; index: string; parameters: { type: 'text'; text: string }[] }
  | {
      type: 'button';
      sub_type: 'copy_code';
      index: string;
      parameters: { type: 'coupon_code'; coupon_code: string }[];
    }
  | {
      type: 'button';
      sub_type: 'flow';
      index: string;
      parameters: { type: 'action'; action: { flow_token: string } }[];
    };

function mediaParameter(
  kind: 'image' | 'video' | 'document',
  id: string,
  fileName: string | null,
): MediaParameter {
  switch (kind) {
    case 'image':
      return { type: 'image', image: { id } };
    case 'video':
      return { type: 'video', video: { id } };
    case 'document':
      return { type: 'document', document: { id, ...(fileName === null ? {} : { filename: fileName }) } };
  }
}

/**
 * The `components` of Meta's request: a part that has nothing to fill in is left out. `headerMediaGraphId` is the id Meta
 * gave the header's file, `fileName` what a document is called on the patient's phone. Values must have been checked.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/template-messages
 */
export function templateComponents(
  template: TemplateParts,
  values: TemplateValues,
  headerMediaGraphId: string | null,
  fileName: string | null,
): TemplateMessageComponent[] {
  const { header, body, buttons, format } = readTemplate(template);
  const texts = (part: 'header' | 'body', text: string): TextParameter[] =>
    templateVariables(text).map((name) => ({
      type: 'text',
      ...(format === 'NAMED' ? { parameter_name: name } : {}),
      text: templateValue(values, part, name),
    }));
  const components: TemplateMessageComponent[] = [];
  if (header.kind === 'text' && templateVariables(header.text).length > 0)
    components.push({ type: 'header', parameters: texts('header', header.text) });
  if (isMediaHeader(header) && headerMediaGraphId !== null)
    components.push({
      type: 'header',
      parameters: [mediaParameter(header.kind, headerMediaGraphId, fileName)],
    });
  if (templateVariables(body).length > 0) components.push({ type: 'body', parameters: texts('body', body) });
  for (const { kind, index } of buttons) {
    const place = { type: 'button', index: String(index) } as const;
    const value = templateValue(values, 'buttons', String(index));
    if (kind === 'url_variable')
      components.push({ ...place, sub_type: 'url', parameters: [{ type: 'text', text: value }] });
    if (kind === 'copy_code')
      components.push({
        ...place,
        sub_type: 'copy_code',
        parameters: [{ type: 'coupon_code', coupon_code: value }],
      });
    // The form is the clinic's own and begins on its first screen: this app keeps nothing under its token.
    if (kind === 'flow')
      components.push({
        ...place,
        sub_type: 'flow',
        parameters: [{ type: 'action', action: { flow_token: 'unused' } }],
      });
  }
  return components;
}
