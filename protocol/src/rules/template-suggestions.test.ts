import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillQuickReply, quickReplyVariables } from './quick-reply-text.ts';
import { readTemplate, type TemplateParts } from './template-read.ts';
import { givenName, suggestValues, type SuggestionFacts } from './template-suggestions.ts';

const NOW = Date.parse('2026-11-22T17:30:00.000Z');
const FACTS: SuggestionFacts = {
  patientName: 'Lucía Ejemplo Ruiz',
  clinicName: 'Clínica Alameda',
  agentName: 'Marta Ruiz',
  appointment: {
    startsAt: '2026-11-24T16:30:00.000Z',
    state: 'confirmed',
    professional: 'Dra. Gil',
    treatment: 'ortodoncia',
  },
  now: NOW,
  timeZone: 'Europe/Madrid',
  language: 'es',
};
const body = (
  text: string,
  parameterFormat: 'NAMED' | 'POSITIONAL',
  example: string[] = [],
): TemplateParts => ({
  parameterFormat,
  components: [{ type: 'BODY', text, example: { body_text: [example] } }],
});
const suggest = (template: TemplateParts, changes: Partial<SuggestionFacts> = {}) =>
  Object.fromEntries(
    suggestValues(readTemplate(template).fields, { ...FACTS, ...changes }).map(({ key, value, source }) => [
      key,
      `${source}: ${value}`,
    ]),
  );
const byName = (name: string, changes: Partial<SuggestionFacts> = {}) =>
  suggest(body(`Hola {{${name}}} y gracias`, 'NAMED'), changes)[name] ?? null;

describe('suggestions by name', () => {
  it.each([
    ['nombre', 'patientName: Lucía'],
    ['Nombre_Paciente', 'patientName: Lucía'],
    ['paciente', 'patientName: Lucía'],
    ['first_name', 'patientName: Lucía'],
    ['customerName', 'patientName: Lucía'],
    ['nombre_completo', 'patientName: Lucía Ejemplo Ruiz'],
    ['fecha', 'nextAppointmentDate: martes, 24 de noviembre'],
    ['fecha_cita', 'nextAppointmentDate: martes, 24 de noviembre'],
    ['appointment_date', 'nextAppointmentDate: martes, 24 de noviembre'],
    ['dia', 'nextAppointmentDate: martes, 24 de noviembre'],
    ['dia_semana', 'nextAppointmentDay: martes'],
    ['hora', 'nextAppointmentTime: 17:30'],
    ['time', 'nextAppointmentTime: 17:30'],
    ['fecha_y_hora', 'nextAppointmentDateTime: martes, 24 de noviembre, 17:30'],
    ['profesional', 'professional: Dra. Gil'],
    ['nombre_doctora', 'professional: Dra. Gil'],
    ['tratamiento', 'treatment: ortodoncia'],
    ['clinica', 'clinicName: Clínica Alameda'],
    ['nombre_clinica', 'clinicName: Clínica Alameda'],
    ['agente', 'agentName: Marta Ruiz'],
    ['motivo', null],
    ['nombre_madre', null],
    ['fecha_nacimiento', null],
    ['fecha_pago', null],
    ['hora_cierre', null],
    ['telefono_clinica', null],
    ['importe', null],
  ])('%s', (name, expected) => {
    expect(byName(name)).toBe(expected);
  });

  it('speaks the language of the template', () => {
    expect(byName('date', { language: 'en_US' })).toBe('nextAppointmentDate: Tuesday, November 24');
    expect(byName('time', { language: 'en_US' })).toBe('nextAppointmentTime: 5:30 PM');
    expect(byName('date', { language: 'ca' })).toBe('nextAppointmentDate: dimarts, 24 de novembre');
  });

  it('tells the hour of the clinic, on both sides of a clock change', () => {
    const on = (startsAt: string, timeZone = 'Europe/Madrid') =>
      byName('hora', { appointment: { ...FACTS.appointment!, startsAt }, timeZone, now: 0 });
    expect(on('2026-10-24T08:00:00.000Z')).toBe('nextAppointmentTime: 10:00');
    expect(on('2026-10-26T08:00:00.000Z')).toBe('nextAppointmentTime: 9:00');
    expect(on('2026-10-26T08:00:00.000Z', 'Atlantic/Canary')).toBe('nextAppointmentTime: 8:00');
  });

  it.each([
    ['cancelled', { state: 'cancelled' }],
    ['missed', { state: 'missed' }],
    ['of a state nobody knows', { state: 'postponed' }],
    ['past', { startsAt: NOW }],
    ['without a date', { startsAt: 'soon' }],
  ])('takes nothing of an appointment that is %s', (_name, changes) => {
    const appointment = { ...FACTS.appointment!, ...changes };
    for (const name of ['fecha', 'hora', 'profesional', 'tratamiento', 'fecha_hora', 'dia_semana'])
      expect(byName(name, { appointment })).toBeNull();
    expect(byName('nombre', { appointment })).toBe('patientName: Lucía');
  });

  it('suggests nothing nobody knows', () => {
    const facts = { patientName: null, clinicName: null, agentName: null, appointment: null };
    for (const name of ['nombre', 'clinica', 'agente', 'fecha', 'profesional'])
      expect(byName(name, facts)).toBeNull();
  });
});

describe('suggestions by place and example', () => {
  it('fills the reminder of the demo clinic', () => {
    const reminder = body(
      'Hola {{1}}, te recordamos tu cita de {{2}} {{3}} a las {{4}} con {{5}}.',
      'POSITIONAL',
      ['Lucía', 'ortodoncia', 'mañana', '17:30', 'la Dra. Gil'],
    );
    expect(suggest(reminder)).toEqual({
      1: 'patientName: Lucía',
      3: 'nextAppointmentDate: martes, 24 de noviembre',
      4: 'nextAppointmentTime: 17:30',
      5: 'professional: la Dra. Gil',
    });
  });

  it.each([
    ['¡Hola {{1}}! ¿Cómo va?', [], { 1: 'patientName: Lucía' }],
    ['Estimada {{1}}: buenos días', [], { 1: 'patientName: Lucía' }],
    ['Este mes, blanqueamiento para {{1}}, solo hoy', ['ti'], {}],
    ['Hola, le atiende {{1}} hoy', ['Marta'], {}],
    ['De {{1}} a {{2}} en la clínica', ['10:00', '12:00'], {}],
    ['La cita es {{1}} en la clínica', ['lunes 10:00'], { 1: 'nextAppointmentDateTime: martes, 24 de noviembre, 17:30' }],
    ['El código es {{1}} y nada más', ['1234'], {}],
    ['El importe es {{1}} y nada más', ['17.30 €'], {}],
  ])('%s', (text, example, expected) => {
    expect(suggest(body(text, 'POSITIONAL', example))).toEqual(expected);
  }); // prettier-ignore
});

describe('the given name', () => {
  it.each([
    ['Lucía Ejemplo', 'Lucía'],
    ['María José Pérez Gil', 'María José'],
    ['Juan Carlos', 'Juan Carlos'],
    ['Ana Pérez', 'Ana'],
    ['PÉREZ GIL, MARÍA JOSÉ', 'María José'],
    ['Sra. Lucía Ejemplo', 'Lucía'],
    ['🌸 Lu 🌸', 'Lu'],
    ['+34 600 11 12 22', null],
    ['', null],
    ['🌸', null],
  ])('of %j is %j', (name, expected) => {
    expect(givenName(name)).toBe(expected);
  });
});

describe('saved texts', () => {
  it.each([
    ['Hola {nombre}, ¿qué tal?', 'Hola Lucía, ¿qué tal?', [], []],
    ['{Nombre}: el {fecha} a las {hora} con {profesional}', 'Lucía: el martes, 24 de noviembre a las 17:30 con Dra. Gil', [], []],
    ['Soy {agente}, de {clínica}', 'Soy Marta Ruiz, de Clínica Alameda', [], []],
    ['El {dia}', 'El martes', [], []],
    ['Pague {importe} y { "a": 1 }', 'Pague {importe} y { "a": 1 }', ['importe'], []],
  ])('%s', (text, filled, unknown, empty) => {
    expect(fillQuickReply(text, FACTS)).toEqual({ text: filled, unknown, empty });
  }); // prettier-ignore

  it('names what is empty and leaves no hole', () => {
    const facts = { ...FACTS, patientName: null, appointment: null };
    expect(fillQuickReply('Hola {nombre}, le esperamos el {fecha}.', facts)).toEqual({
      text: 'Hola, le esperamos el.',
      unknown: [],
      empty: ['nombre', 'fecha'],
    });
  });

  it('leaves a text without variables as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(quickReplyVariables(text).length === 0);
        expect(fillQuickReply(text, FACTS)).toEqual({ text: text.trim(), unknown: [], empty: [] });
      }),
    );
  });
});
