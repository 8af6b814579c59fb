import {
  readTemplate,
  renderTemplate,
  suggestValues,
  type ReminderSettings,
  type RenderedTemplate,
  type SuggestionFacts,
  type TemplateValues,
} from '@recado/protocol';
import type { TemplateView } from '../../../shared/contract/index.ts';

/** Hours before an appointment that can be chosen, the earliest first. */
export const HOURS_BEFORE = [72, 48, 24, 12, 4, 2] as const;
export const MOST_REMINDERS = 3;
const MOST_WORDS = 20;

/** Reminders as they stand on the screen; no template while none was chosen. */
export interface ReminderDraft extends Omit<ReminderSettings, 'templateId'> {
  templateId: string | null;
}

const FILES = ['image', 'video', 'document'];

/** Templates the bot can send by itself: approved, and without a file to choose. */
export function reminderTemplates(templates: readonly TemplateView[]): TemplateView[] {
  return templates
    .filter(
      (template) =>
        template.status === 'APPROVED' &&
        !template.hidden &&
        template.category !== 'AUTHENTICATION' &&
        !FILES.includes(readTemplate(template).header.kind),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** What a clinic begins with: a day before, nothing at night, and the word people know. */
export function usualReminders(templates: readonly TemplateView[]): ReminderDraft {
  const called = (word: string) => templates.find(({ name }) => name.includes(word));
  const likely = called('recordatorio') ?? called('reminder');
  return {
    templateId: likely?.id ?? null,
    hoursBefore: [24],
    quietFrom: '21:00',
    quietTo: '09:00',
    optOutWords: ['BAJA'],
  };
}

/** Chosen or not any more; the earliest first, and never more than three. */
export function withHours(draft: ReminderDraft, hours: number): ReminderDraft {
  const isChosen = draft.hoursBefore.includes(hours);
  if (!isChosen && draft.hoursBefore.length >= MOST_REMINDERS) return draft;
  const chosen = isChosen
    ? draft.hoursBefore.filter((each) => each !== hours)
    : [...draft.hoursBefore, hours];
  return { ...draft, hoursBefore: chosen.sort((a, b) => b - a) };
}

/** With one more word; the same word in other letters is the same. */
export function withWord(draft: ReminderDraft, typed: string): ReminderDraft {
  const word = typed.trim();
  const same = (other: string) => other.localeCompare(word, 'es', { sensitivity: 'base' }) === 0;
  if (word === '' || draft.optOutWords.some(same) || draft.optOutWords.length >= MOST_WORDS) return draft;
  return { ...draft, optOutWords: [...draft.optOutWords, word] };
}

/** What the clinic would keep; null while something is missing. */
export function remindersOf(
  draft: ReminderDraft,
  templates: readonly TemplateView[],
): ReminderSettings | null {
  const { templateId, ...rest } = draft;
  const isSound =
    templateId !== null &&
    templates.some(({ id }) => id === templateId) &&
    rest.hoursBefore.length > 0 &&
    rest.quietFrom !== '' &&
    rest.quietTo !== '';
  return isSound ? { templateId, ...rest } : null;
}

/** A reminder as a patient would get it, and what in it nothing is known for. */
export function exampleOf(
  template: TemplateView,
  facts: SuggestionFacts,
): { rendered: RenderedTemplate; missing: string[] } {
  const { fields } = readTemplate(template);
  const values: TemplateValues = { header: {}, body: {}, buttons: {} };
  for (const { part, key, value } of suggestValues(fields, facts)) values[part][key] = value;
  const missing = fields.filter(({ part, key }) => values[part][key] === undefined).map(({ key }) => key);
  return { rendered: renderTemplate(template, values), missing: [...new Set(missing)] };
}
