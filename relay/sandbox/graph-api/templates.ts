import { z } from 'zod';
import { graphFailure, type GraphFailure } from './errors.ts';
import type { OutgoingMessage, TemplateParameter } from './request-schemas.ts';

interface TemplateButton {
  type: string;
  text?: string;
  url?: string;
  [key: string]: unknown;
}

/** One part of a template, as Meta lists it. */
export interface TemplateComponent {
  type: 'HEADER' | 'BODY' | 'FOOTER' | 'BUTTONS';
  format?: 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'LOCATION';
  text?: string;
  buttons?: TemplateButton[];
  [key: string]: unknown;
}

/** A template in one language, as `GET /{waba-id}/message_templates` gives it. */
export interface GraphTemplate {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  parameter_format: 'POSITIONAL' | 'NAMED';
  components: TemplateComponent[];
  quality_score?: { score: string };
  rejected_reason?: string;
}

const example = z.looseObject({
  header_handle: z.array(z.string().min(1)).length(1).optional(),
  header_text: z.array(z.string().min(1)).optional(),
  header_text_named_params: z
    .array(z.strictObject({ param_name: z.string().min(1), example: z.string().min(1) }))
    .optional(),
  body_text: z.array(z.array(z.string().min(1))).optional(),
  body_text_named_params: z
    .array(z.strictObject({ param_name: z.string().min(1), example: z.string().min(1) }))
    .optional(),
});
const buttonLabel = z.string().min(1).max(25);
const newButton = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('QUICK_REPLY'), text: buttonLabel }),
  z.strictObject({
    type: z.literal('URL'),
    text: buttonLabel,
    url: z.string().min(1).max(2_000),
    example: z.array(z.string().min(1)).length(1).optional(),
  }),
  z.strictObject({ type: z.literal('PHONE_NUMBER'), text: buttonLabel, phone_number: z.string().max(20) }),
  z.strictObject({
    type: z.literal('COPY_CODE'),
    text: buttonLabel.optional(),
    example: z.union([z.string().max(15), z.array(z.string().max(15)).length(1)]),
  }),
  z.looseObject({ type: z.literal('FLOW'), text: buttonLabel }),
  z.looseObject({ type: z.literal('VOICE_CALL'), text: buttonLabel }),
  z.looseObject({ type: z.literal('REQUEST_CONTACT_INFO') }),
]);

/** Body of `POST /{waba-id}/message_templates`. https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components */
export const createTemplateSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).default('POSITIONAL'),
  components: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('HEADER'),
          format: z.enum(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']),
          text: z.string().min(1).max(60).optional(),
          example: example.optional(),
        }),
        z.strictObject({
          type: z.literal('BODY'),
          text: z.string().min(1).max(1_024),
          example: example.optional(),
        }),
        z.strictObject({ type: z.literal('FOOTER'), text: z.string().min(1).max(60) }),
        z.strictObject({ type: z.literal('BUTTONS'), buttons: z.array(newButton).min(1).max(10) }),
      ]),
    )
    .min(1)
    .refine((components) => components.some(({ type }) => type === 'BODY'), { message: 'needs a body' })
    .refine((components) => new Set(components.map(({ type }) => type)).size === components.length, {
      message: 'has a part twice',
    }),
});

type TemplateMessage = Extract<OutgoingMessage, { type: 'template' }>['template'];

const BODY_LIMIT = 1_024;
const HEADER_LIMIT = 60;

/** The variables of a text in order of appearance, each once: "{{1}}" or "{{nombre}}". */
export function variablesOf(text: string | undefined): string[] {
  return [...new Set([...(text ?? '').matchAll(/\{\{\s*([\w]+)\s*\}\}/g)].map((match) => match[1] ?? ''))];
}

function parameterText(parameter: TemplateParameter): string | null {
  if (parameter.type === 'text') return parameter.text;
  if (parameter.type === 'currency') return parameter.currency.fallback_value;
  return parameter.type === 'date_time' ? parameter.date_time.fallback_value : null;
}

/** Values may hold no line break, no tab and no run of more than four spaces. */
const forbiddenInValue = /[\n\r\t]| {5,}/;

function checkText(
  part: 'header' | 'body',
  text: string | undefined,
  parameters: TemplateParameter[],
  template: GraphTemplate,
): GraphFailure | null {
  const names = variablesOf(text);
  if (names.length !== parameters.length) {
    return graphFailure(
      132000,
      `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params (${names.length})`,
    );
  }
  let filled = text ?? '';
  for (const [position, parameter] of parameters.entries()) {
    const value = parameterText(parameter);
    if (value === null)
      return graphFailure(132012, `${part}: parameter ${position + 1} must be of type text`);
    if (forbiddenInValue.test(value)) {
      return graphFailure(
        132012,
        `${part}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`,
      );
    }
    const given = 'parameter_name' in parameter ? parameter.parameter_name : undefined;
    if (template.parameter_format === 'NAMED' && (given === undefined || !names.includes(given))) {
      return graphFailure(132012, `${part}: parameter_name is missing or not in the template`);
    }
    const name = given ?? names[position] ?? '';
    filled = filled.replaceAll(new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`, 'g'), () => value);
  }
  const limit = part === 'header' ? HEADER_LIMIT : BODY_LIMIT;
  if (filled.length <= limit) return null;
  return graphFailure(132005, `${part}: Translated text length of ${filled.length} exceeds ${limit}`);
}

function checkHeader(template: GraphTemplate, parameters: TemplateParameter[]): GraphFailure | null {
  const header = template.components.find((component) => component.type === 'HEADER');
  const format = header?.format ?? 'TEXT';
  if (format === 'TEXT') return checkText('header', header?.text, parameters, template);
  const expected = format.toLowerCase();
  if (parameters.length !== 1) {
    return graphFailure(
      132012,
      `header: Format mismatch, expected ${format}, received ${parameters.length} parameters`,
    );
  }
  if (parameters[0]?.type === expected) return null;
  return graphFailure(
    132012,
    `header: Format mismatch, expected ${format}, received ${parameters[0]?.type.toUpperCase()}`,
  );
}

function checkButtons(template: GraphTemplate, message: TemplateMessage): GraphFailure | null {
  const buttons = template.components.find((component) => component.type === 'BUTTONS')?.buttons ?? [];
  const given = (message.components ?? []).filter((component) => component.type === 'button');
  for (const component of given) {
    const button = buttons[Number(component.index)];
    if (button?.type.toLowerCase() !== component.sub_type) {
      return graphFailure(
        132018,
        `buttons: Button at index ${component.index} is not of type ${component.sub_type}`,
      );
    }
  }
  for (const [index, button] of buttons.entries()) {
    const component = given.find((candidate) => Number(candidate.index) === index);
    if (button.type === 'URL' && variablesOf(button.url).length > 0 && component?.parameters.length !== 1) {
      return graphFailure(131008, `buttons: Button at index ${index} of type Url requires a parameter`);
    }
  }
  return null;
}

/** What Meta answers to a template message, or null when it is as approved. */
export function checkTemplate(templates: GraphTemplate[], message: TemplateMessage): GraphFailure | null {
  const template = templates.find(
    (candidate) => candidate.name === message.name && candidate.language === message.language.code,
  );
  if (!template) {
    return graphFailure(132001, `template name (${message.name}) does not exist in ${message.language.code}`);
  }
  if (template.status === 'PAUSED') return graphFailure(132015, 'Template is paused due to low quality');
  if (template.status === 'DISABLED')
    return graphFailure(132016, 'Template has been paused too many times and is disabled');
  if (template.status !== 'APPROVED') return graphFailure(132001, 'Template is not approved');
  const parametersOf = (type: 'header' | 'body') =>
    message.components?.find((component) => component.type === type)?.parameters ?? [];
  const body = template.components.find((component) => component.type === 'BODY');
  return (
    checkHeader(template, parametersOf('header')) ??
    checkText('body', body?.text, parametersOf('body'), template) ??
    checkButtons(template, message)
  );
}

const PAGE_LIMIT = 25;
const LISTED_BY_DEFAULT = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id'];

/** One page of `GET /{waba-id}/message_templates`; `next` is there as long as there is more. */
export function listTemplates(templates: GraphTemplate[], query: Record<string, string>, address: string) {
  const matching = templates.filter(
    (template) =>
      (!query['status'] || template.status === query['status']) &&
      (!query['category'] || template.category === query['category']) &&
      (!query['language'] || template.language === query['language']) &&
      (!query['name'] || template.name === query['name']),
  );
  const encode = (position: number) => Buffer.from(`position:${position}`).toString('base64url');
  const start = query['after']
    ? Number(Buffer.from(query['after'], 'base64url').toString().replace('position:', '')) || 0
    : 0;
  const limit = Math.min(Math.max(Number(query['limit']) || PAGE_LIMIT, 1), 1_000);
  const end = Math.min(start + limit, matching.length);
  const fields = query['fields'] ? [...query['fields'].split(','), 'id'] : LISTED_BY_DEFAULT;
  const next = new URLSearchParams({ ...query, after: encode(end) });
  return {
    data: matching
      .slice(start, end)
      .map((template) =>
        Object.fromEntries(Object.entries(template).filter(([key]) => fields.includes(key))),
      ),
    paging: {
      cursors: { before: encode(start), after: encode(end) },
      ...(end < matching.length ? { next: `${address}?${next}` } : {}),
    },
  };
}
