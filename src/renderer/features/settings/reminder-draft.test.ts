import { describe, expect, it } from 'vitest';
import type { TemplateView } from '../../../shared/contract/index.ts';
import { seedTemplates } from '../../testing/seed-templates.ts';
import {
  exampleOf,
  remindersOf,
  reminderTemplates,
  usualReminders,
  withHours,
  withWord,
} from './reminder-draft.ts';

const NOW = Date.UTC(2026, 10, 26, 16, 30);
const all = seedTemplates(NOW);
const named = (name: string): TemplateView => {
  const found = all.find((template) => template.name === name);
  if (found === undefined) throw new Error(`no template ${name}`);
  return found;
};
const templates = reminderTemplates(all);
const usual = usualReminders(templates);

describe('the templates of reminders', () => {
  it('are approved, and nobody has to choose a file for them', () => {
    expect(templates).toContain(named('recordatorio_cita'));
    expect(templates).not.toContain(named('escritura_libre_documento'));
    const rejected = { ...named('recordatorio_cita'), status: 'REJECTED' };
    const hidden = { ...named('recordatorio_cita'), hidden: true };
    expect(reminderTemplates([rejected, hidden])).toEqual([]);
  });

  it('begin with one that says it is a reminder', () => {
    expect(usual.templateId).toBe(named('recordatorio_cita').id);
    expect(usualReminders([named('escritura_libre')]).templateId).toBeNull();
  });

  it('show all that is known of the example, and name what is not', () => {
    const facts = {
      patientName: 'Lucía Martín',
      clinicName: 'Clínica Alameda',
      agentName: null,
      appointment: {
        startsAt: NOW + 86_400_000,
        treatment: 'Revisión',
        professional: 'Dra. Gil',
        state: 'scheduled',
      },
      now: NOW,
      timeZone: 'Europe/Madrid',
      language: 'es',
    };
    const whole = exampleOf(named('recordatorio_cita'), facts);
    expect(whole.missing).toEqual([]);
    expect(whole.rendered.body).toContain('Hola, *Lucía*');
    expect(whole.rendered.body).toContain('17:30');
    expect(exampleOf(named('escritura_libre'), facts).missing).toEqual(['motivo']);
  });
});

describe('a draft of reminders', () => {
  it('keeps its hours in order, at most three, and lets each go again', () => {
    const three = [2, 48, 4].reduce(withHours, { ...usual, hoursBefore: [] });
    expect(three.hoursBefore).toEqual([48, 4, 2]);
    expect(withHours(three, 24)).toBe(three);
    expect(withHours(three, 4).hoursBefore).toEqual([48, 2]);
  });

  it.each([['baja'], [' BÁJA '], ['  ']])('does not take %j beside BAJA', (word) => {
    expect(withWord(usual, word)).toBe(usual);
  });
  it('takes another word, without the blanks around it', () => {
    expect(withWord(usual, ' Stop ').optOutWords).toEqual(['BAJA', 'Stop']);
  });

  it('is kept only when nothing is missing', () => {
    expect(remindersOf(usual, templates)).toEqual(usual);
    for (const part of [
      { templateId: null },
      { templateId: named('escritura_libre_documento').id },
      { hoursBefore: [] },
      { quietFrom: '' },
      { quietTo: '' },
    ])
      expect(remindersOf({ ...usual, ...part }, templates)).toBeNull();
  });
});
