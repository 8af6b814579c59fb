import {
  flattenValue,
  freeWritingField,
  readTemplate,
  suggestValues,
  type SuggestionFacts,
  type SuggestionSource,
  type TemplateField,
  type TemplateValues,
} from '@recado/protocol';
import type { TemplateView } from '../../../shared/contract/index.ts';

/** What stands in a field: as it was written, and where it came from while nobody has changed it. */
export interface Filled {
  text: string;
  source: SuggestionSource | null;
}

/** What stands in each field, by `fieldKey`. */
export type Filling = Readonly<Record<string, Filled>>;

export const fieldKey = ({ part, key }: Pick<TemplateField, 'part' | 'key'>): string => `${part}.${key}`;

const EMPTY: Filled = { text: '', source: null };
export const filledOf = (filling: Filling, field: Pick<TemplateField, 'part' | 'key'>): Filled =>
  filling[fieldKey(field)] ?? EMPTY;

/** A template before a person touches it: what is known of the patient, and what was being written. */
export function beginFilling(template: TemplateView, facts: SuggestionFacts, motivo: string): Filling {
  const { fields } = readTemplate(template);
  const filling: Record<string, Filled> = {};
  for (const suggestion of suggestValues(fields, { ...facts, language: template.language })) {
    filling[fieldKey(suggestion)] = { text: suggestion.value, source: suggestion.source };
  }
  const free = freeWritingField(template);
  if (free !== null && motivo.trim() !== '') filling[fieldKey(free)] = { text: motivo, source: null };
  return filling;
}

/** As it goes to WhatsApp. Only what is written freely is flattened: elsewhere a line break is a mistake to be seen. */
export function valuesOf(template: TemplateView, filling: Filling): TemplateValues {
  const free = freeWritingField(template);
  const values: TemplateValues = { header: {}, body: {}, buttons: {} };
  for (const field of readTemplate(template).fields) {
    const { text } = filledOf(filling, field);
    if (text === '') continue;
    const isFree = free !== null && field.part === free.part && field.key === free.key;
    values[field.part][field.key] = isFree ? flattenValue(text) : text;
  }
  return values;
}

/** Sources that say something of one patient, not of the clinic or of who writes. */
const OF_THE_PATIENT: readonly SuggestionSource[] = [
  'patientName', 'nextAppointmentDate', 'nextAppointmentTime', 'nextAppointmentDateTime', 'nextAppointmentDay',
  'professional', 'treatment',
]; // prettier-ignore

export const isOfAppointment = (source: SuggestionSource): boolean =>
  source !== 'patientName' && OF_THE_PATIENT.includes(source);

/** Which fields differ from one recipient to the next; the others are written once for all. */
export function ownFields(template: TemplateView, fillings: readonly Filling[]): TemplateField[] {
  return readTemplate(template).fields.filter((field) =>
    fillings.some((filling) => {
      const { source } = filledOf(filling, field);
      return source !== null && OF_THE_PATIENT.includes(source);
    }),
  );
}
