import { checkTemplateValues, readTemplate, type SuggestionFacts } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { seedTemplates } from '../../testing/seed-templates.ts';
import { beginFilling, filledOf, ownFields, valuesOf } from './fill-template.ts';
import { arrangeTemplates, obstacleOf, templateTitle } from './template-list.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const templates = seedTemplates(NOW);
const named = (name: string) => {
  const found = templates.find((template) => template.name === name);
  if (!found) throw new Error(name);
  return found;
};
const facts = (changes: Partial<SuggestionFacts> = {}): SuggestionFacts => ({
  patientName: 'Lucía Martín',
  clinicName: 'Clínica Alameda',
  agentName: 'Marta Ruiz',
  appointment: {
    startsAt: Date.parse('2026-11-26T16:30:00Z'),
    state: 'confirmed',
    professional: 'Dra. Gil',
    treatment: 'Ortodoncia',
  },
  now: NOW,
  timeZone: 'Europe/Madrid',
  language: 'es',
  ...changes,
});
const names = (typed: string, language = 'es') =>
  arrangeTemplates(templates, { typed, language }).map(({ name }) => name);

describe('the list of templates', () => {
  it('begins with favourites and recent ones, and ends with those that cannot be sent', () => {
    const all = names('');
    expect(all.slice(0, 2)).toEqual(['escritura_libre', 'recordatorio_cita']);
    expect(all.slice(-4).toSorted()).toEqual(['aviso_antiguo', 'como_llegar', 'encuesta', 'oferta_verano']);
  });

  it('puts what the patient reads before other languages, and free writing before the rest', () => {
    const unused = templates.map((each) => ({ ...each, isFavourite: false, lastUsedAt: null }));
    const english = { ...named('recordatorio_cita'), id: 'english', name: 'a_reminder', language: 'en_US' };
    const ordered = (language: string) =>
      arrangeTemplates([...unused, { ...english, isFavourite: false, lastUsedAt: null }], {
        typed: '',
        language,
      }).map(({ name }) => name);
    expect(ordered('es-ES')[0]).toBe('escritura_libre');
    expect(ordered('en')[0]).toBe('a_reminder');
  });

  it('finds by name and by words of the body, without accents', () => {
    expect(names('recordatorio cita')).toEqual(['recordatorio_cita']);
    expect(names('DESCUENTO')).toEqual(['promo_blanqueamiento']);
    expect(names('podras venir')).toEqual(['recordatorio_cita']);
    expect(names('zzz')).toEqual([]);
  });

  it('leaves out what administrators hid', () => {
    const hidden = templates.map((each) => ({ ...each, hidden: true }));
    expect(arrangeTemplates(hidden, { typed: '', language: 'es' })).toEqual([]);
  });

  it.each([
    ['escritura_libre', null],
    ['encuesta', 'PENDING'],
    ['oferta_verano', 'REJECTED'],
    ['aviso_antiguo', 'PAUSED'],
    ['como_llegar', 'UNSUPPORTED'],
  ])('says why %s cannot be sent: %s', (name, expected) => {
    expect(obstacleOf(named(name))).toBe(expected);
  });

  it('does not know every word of Meta', () => {
    expect(obstacleOf({ ...named('encuesta'), status: 'LIMIT_EXCEEDED' })).toBe('OTHER');
    expect(templateTitle('recordatorio_cita')).toBe('Recordatorio cita');
  });
});

describe('filling in', () => {
  it('starts from the patient and the appointment, and says so', () => {
    const template = named('recordatorio_cita');
    const filling = beginFilling(template, facts(), '');
    const { fields } = readTemplate(template);
    expect(fields.map((field) => [field.key, filledOf(filling, field).source])).toEqual([
      ['clinica', 'clinicName'],
      ['nombre_paciente', 'patientName'],
      ['fecha', 'nextAppointmentDate'],
      ['hora', 'nextAppointmentTime'],
      ['profesional', 'professional'],
    ]);
    expect(checkTemplateValues(readTemplate(template), valuesOf(template, filling), false)).toEqual([]);
  });

  it('never takes from an appointment that was cancelled or is over', () => {
    const template = named('recordatorio_cita');
    const { appointment } = facts();
    for (const changes of [
      { appointment: appointment && { ...appointment, state: 'cancelled' } },
      { now: Date.parse('2026-11-27T00:00:00Z') },
    ]) {
      const filling = beginFilling(template, facts(changes), '');
      const fecha = readTemplate(template).fields.find(({ key }) => key === 'fecha');
      expect(fecha && filledOf(filling, fecha)).toEqual({ text: '', source: null });
    }
  });

  it('offers what was being written as the reason, in one line', () => {
    const template = named('escritura_libre');
    const filling = beginFilling(template, facts(), 'Primera línea\n\n- segunda\tlínea');
    const { body } = valuesOf(template, filling);
    expect(body.motivo).toBe('Primera línea · segunda línea');
    expect(body.nombre).toBe('Lucía');
  });

  it('leaves a line break elsewhere to be seen', () => {
    const template = named('escritura_libre');
    const values = valuesOf(template, { 'body.nombre': { text: 'Lucía\nMartín', source: null } });
    const problems = checkTemplateValues(readTemplate(template), values, false);
    expect(problems.map(({ key, problem }) => [key, problem])).toEqual([
      ['nombre', 'newline'],
      ['motivo', 'empty'],
    ]);
  });

  it('keeps apart what differs from one recipient to the next', () => {
    const template = named('recordatorio_cita');
    const fillings = [facts(), facts({ appointment: null })].map((each) => beginFilling(template, each, ''));
    expect(ownFields(template, fillings).map(({ key }) => key)).toEqual([
      'nombre_paciente',
      'fecha',
      'hora',
      'profesional',
    ]);
  });
});
