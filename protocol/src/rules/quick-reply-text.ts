/** Variables of saved texts: `{nombre}` and the like, filled in just before sending. */
import type { SuggestionFacts } from './template-suggestions.ts';
import { givenName, suggestValues, type SuggestionSource } from './template-suggestions.ts';

/** The variables a saved text may hold, each with where its value comes from. */
export const QUICK_REPLY_VARIABLES = {
  nombre: 'patientName',
  nombre_completo: 'patientName',
  clinica: 'clinicName',
  agente: 'agentName',
  fecha: 'nextAppointmentDate',
  hora: 'nextAppointmentTime',
  dia: 'nextAppointmentDay',
  profesional: 'professional',
  tratamiento: 'treatment',
} as const satisfies Record<string, SuggestionSource>;
export type QuickReplyVariable = keyof typeof QUICK_REPLY_VARIABLES;

const VARIABLE = /\{\s*([\p{L}_]{1,30})\s*\}/gu;
const canonical = (name: string) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const isVariable = (name: string): name is QuickReplyVariable => Object.hasOwn(QUICK_REPLY_VARIABLES, name);

/** The variables of a text as they were written, each once. */
export function quickReplyVariables(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''))];
}

export interface FilledQuickReply {
  text: string;
  /** Not a variable of ours: it stays in the text as it was written. */
  unknown: string[];
  /** A variable nothing is known for, as the hour without an appointment: it is left out of the text. */
  empty: string[];
}

function valueOf(name: QuickReplyVariable, facts: SuggestionFacts): string | null {
  if (name === 'nombre_completo')
    return facts.patientName !== null && givenName(facts.patientName) !== null ? facts.patientName : null;
  const field = { part: 'body', key: name, label: name, example: null, maxLength: 1_000 } as const;
  // Two words for the weekday, which alone would mean the date.
  const key = name === 'dia' ? 'dia_semana' : name;
  return suggestValues([{ ...field, key, before: '', after: '' }], facts)[0]?.value ?? null;
}

/** A saved text with its variables filled in, and what a person must look at before it may go. */
export function fillQuickReply(text: string, facts: SuggestionFacts): FilledQuickReply {
  const unknown = new Set<string>();
  const empty = new Set<string>();
  const filled = text.replace(VARIABLE, (written, name: string) => {
    const known = canonical(name);
    if (!isVariable(known)) {
      unknown.add(name);
      return written;
    }
    const value = valueOf(known, facts);
    if (value === null) {
      empty.add(name);
      return '';
    }
    return value;
  });
  // A name left out leaves "Hola , " behind.
  const tidy = empty.size === 0 ? filled : filled.replace(/ +([,.;:!?])/g, '$1').replace(/ {2,}/g, ' ');
  return { text: tidy.trim(), unknown: [...unknown], empty: [...empty] };
}
