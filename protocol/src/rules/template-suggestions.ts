/**
 * What a template's variables most likely want, from what the clinic knows of the patient. Guessing wrong puts a wrong
 * hour before a patient, so a variable whose name or surroundings leave a doubt is left to the person. Nothing is ever
 * taken from an appointment that is cancelled or past (D17).
 */
import type { Timestamp } from '../time.ts';
import { flattenValue } from './template-values.ts';
import type { TemplateField, TemplateFieldPart } from './template-read.ts';

export interface SuggestionFacts {
  /** As the clinic knows the patient, or as WhatsApp does; null when neither has a name. */
  patientName: string | null;
  clinicName: string | null;
  agentName: string | null;
  /** `startsAt` in epoch milliseconds or as on the wire. */
  appointment: {
    startsAt: number | Timestamp;
    state: string;
    professional: string;
    treatment: string;
  } | null;
  /** Relay time, epoch milliseconds. */
  now: number;
  /** The clinic's. */
  timeZone: string;
  /** The template's, as Meta writes it: `es`, `en_US`. */
  language: string;
}

export const SUGGESTION_SOURCES = [
  'patientName',
  'clinicName',
  'agentName',
  'nextAppointmentDate',
  'nextAppointmentTime',
  'nextAppointmentDateTime',
  'nextAppointmentDay',
  'professional',
  'treatment',
] as const;
export type SuggestionSource = (typeof SUGGESTION_SOURCES)[number];

export interface TemplateSuggestion {
  part: TemplateFieldPart;
  key: string;
  value: string;
  source: SuggestionSource;
}

/** What a variable asks for; the two names differ only in how much of the name. */
type Wish = SuggestionSource | 'patientFullName';

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const words = (name: string) =>
  plain(name.replace(/([a-z])([A-Z])/g, '$1_$2'))
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
const set = (list: string) => new Set(list.split(' '));

const GLUE = set('de del la el los las the of su tu your mi a');
const NAME = set('nombre name');
const PATIENT = set('paciente patient cliente client customer usuario user contacto contact');
const FIRST = set('first primer pila');
const WHOLE = set('completo full complete');
const CLINIC = set('clinica clinic centro center centre');
const AGENT = set('agente agent recepcionista receptionist operador operadora remitente sender');
const PROFESSIONAL = set(
  'doctor doctora dr dra profesional professional medico medica dentista dentist especialista specialist odontologo odontologa ortodoncista higienista hygienist fisio fisioterapeuta provider',
);
const TREATMENT = set('tratamiento treatment servicio service procedimiento procedure');
const DATE = set('fecha date');
const TIME = set('hora time hour');
const WEEKDAY = set('semana weekday');
const DAY = set('dia day');
const APPOINTMENT = set('cita appointment visita visit consulta proxima siguiente next inicio start');

/** Whether every word is one of these, so that `fecha_nacimiento` is nobody's appointment. */
const only = (held: string[], ...allowed: ReadonlySet<string>[]) =>
  held.every((word) => GLUE.has(word) || allowed.some((known) => known.has(word)));
const any = (held: string[], known: ReadonlySet<string>) => held.some((word) => known.has(word));

/** What a variable's own name asks for. */
function wishOfName(name: string): Wish | null {
  const held = words(name);
  if (held.length === 0) return null;
  if (any(held, CLINIC)) return only(held, CLINIC, NAME) ? 'clinicName' : null;
  if (any(held, PROFESSIONAL)) return only(held, PROFESSIONAL, NAME, APPOINTMENT) ? 'professional' : null;
  if (any(held, AGENT)) return only(held, AGENT, NAME) ? 'agentName' : null;
  if (any(held, TREATMENT)) return only(held, TREATMENT, NAME, APPOINTMENT) ? 'treatment' : null;
  const isDate = any(held, DATE);
  const isTime = any(held, TIME);
  if (isDate || isTime) {
    if (!only(held, DATE, TIME, APPOINTMENT, new Set(['y', 'and']))) return null;
    if (isDate && isTime) return 'nextAppointmentDateTime';
    return isDate ? 'nextAppointmentDate' : 'nextAppointmentTime';
  }
  if (any(held, WEEKDAY)) return only(held, WEEKDAY, DAY, APPOINTMENT) ? 'nextAppointmentDay' : null;
  if (any(held, DAY)) return only(held, DAY, APPOINTMENT) ? 'nextAppointmentDate' : null;
  if (any(held, NAME) || any(held, PATIENT)) {
    if (!only(held, NAME, PATIENT, FIRST, WHOLE)) return null;
    return any(held, WHOLE) ? 'patientFullName' : 'patientName';
  }
  return null;
}

const GREETING =
  /(?:^|[\s¡!.,*_])(?:hola|buenos dias|buenas(?: tardes| noches)?|buen dia|estimad[oa]s?|estimad[oa]\/a|querid[oa]|hi|hello|dear|hey|good (?:morning|afternoon|evening))[\s,*_¡]*$/;
const CLOCK = /\b(?:[01]?\d|2[0-3])[:h][0-5]\d\b/;
const WEEKDAYS =
  /\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/;
const MONTHS =
  /\b(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|january|february|march|april|may|june|july|august|september|october|november|december)\b/;
const NUMERIC_DATE = /\b\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?\b/;
const RELATIVE_DAY = /^(?:hoy|manana|pasado manana|today|tomorrow)$/;
const TITLE = /^(?:la |el |the )?(?:dra?\.?|doctora?|prof\.?)\s/;

/** What a numbered variable asks for, by its example and the words before it. */
function wishOfSurroundings(field: TemplateField, isFirst: boolean): Wish | null {
  if (isFirst && GREETING.test(plain(field.before))) return 'patientName';
  const example = plain(field.example ?? '').trim();
  if (example === '') return null;
  const hasTime = CLOCK.test(example);
  const hasDate = MONTHS.test(example) || NUMERIC_DATE.test(example) || RELATIVE_DAY.test(example);
  if (hasTime) return hasDate || WEEKDAYS.test(example) ? 'nextAppointmentDateTime' : 'nextAppointmentTime';
  if (hasDate) return 'nextAppointmentDate';
  if (WEEKDAYS.test(example)) return 'nextAppointmentDay';
  return TITLE.test(`${example} `) ? 'professional' : null;
}

const COURTESY = /^(?:sr|sra|srta|d|dna|don|dona|dr|dra|mr|mrs|ms)\.?\s+/i;
/** Given names that are commonly one half of two: "María José", "Juan Carlos". */
const FIRST_HALVES = set('maria ana jose juan luis miguel francisco rosa carlos marco');
const SECOND_HALVES = set(
  'maria jose carlos luis antonio manuel angel isabel carmen dolores teresa luisa jesus pilar belen ramon pablo francisco alberto ignacio enrique mar victoria cristina elena angeles rosario mercedes',
);

/** How one addresses somebody: the given name alone. Null when there is no name in it. */
export function givenName(name: string): string | null {
  const whole = name.replace(/^([^,]+),\s*(\S.*)$/, '$2 $1').trim();
  const kept = whole
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word))
    .join(' ')
    .replace(COURTESY, '');
  const [first, second] = kept.split(' ');
  if (first === undefined || first === '') return null;
  const isDouble = second !== undefined && FIRST_HALVES.has(plain(first)) && SECOND_HALVES.has(plain(second));
  const given = isDouble ? `${first} ${second}` : first;
  // Registers shout; nobody greets like that.
  if (given !== given.toUpperCase() || given.length < 2) return given;
  return given.toLowerCase().replace(/(^|[\s-])(\p{L})/gu, (_all, gap: string, letter: string) => {
    return gap + letter.toUpperCase();
  });
}

function formatsOf(facts: SuggestionFacts) {
  const { timeZone } = facts;
  const wanted = facts.language.replace('_', '-');
  const [locale = 'es'] = Intl.DateTimeFormat.supportedLocalesOf([wanted, 'es']);
  // Newer runtimes put a narrow no-break space before "PM", which some phones show as a box.
  const format = (options: Intl.DateTimeFormatOptions) => (at: number) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(at).replace(/[\u00a0\u202f]/g, ' ');
  return {
    day: format({ weekday: 'long' }),
    date: format({ weekday: 'long', day: 'numeric', month: 'long' }),
    time: format({ hour: 'numeric', minute: '2-digit' }),
    dateTime: format({
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: 'numeric',
      minute: '2-digit',
    }),
  };
}

const UPCOMING = new Set(['scheduled', 'confirmed']);

/** "la Dra. Gil" where the example has its article, else as the clinic writes it. */
function professionalAs(professional: string, example: string | null): string {
  if (!/^(?:la|el) /i.test(example ?? '')) return professional;
  if (/^(?:dra\b|doctora\b)/i.test(professional)) return `la ${professional}`;
  return /^(?:dr\b|doctor\b)/i.test(professional) ? `el ${professional}` : professional;
}

/** A value for every field that has an obvious one; the others are left out. */
export function suggestValues(fields: TemplateField[], facts: SuggestionFacts): TemplateSuggestion[] {
  const { appointment } = facts;
  const startsAt = appointment === null ? Number.NaN : new Date(appointment.startsAt).getTime();
  const isUpcoming = appointment !== null && UPCOMING.has(appointment.state) && startsAt > facts.now;
  const upcoming = isUpcoming ? appointment : null;
  const formats = formatsOf(facts);
  const valueOf = (wish: Wish, field: TemplateField): string | null => {
    switch (wish) {
      case 'patientName':
        return facts.patientName === null ? null : givenName(facts.patientName);
      case 'patientFullName':
        return facts.patientName === null || givenName(facts.patientName) === null ? null : facts.patientName;
      case 'clinicName':
        return facts.clinicName;
      case 'agentName':
        return facts.agentName;
      case 'professional':
        return upcoming && professionalAs(upcoming.professional, field.example);
      case 'treatment':
        return upcoming && upcoming.treatment;
      case 'nextAppointmentDay':
        return upcoming && formats.day(startsAt);
      case 'nextAppointmentDate':
        return upcoming && formats.date(startsAt);
      case 'nextAppointmentTime':
        return upcoming && formats.time(startsAt);
      case 'nextAppointmentDateTime':
        return upcoming && formats.dateTime(startsAt);
    }
  };

  const wishes = fields.map((field, index) => {
    if (field.part === 'buttons') return null;
    if (!/^\d+$/.test(field.key)) return wishOfName(field.key);
    const isFirst = fields.findIndex(({ part }) => part === field.part) === index;
    return wishOfSurroundings(field, isFirst);
  });
  return fields.flatMap((field, index) => {
    const wish = wishes[index] ?? null;
    if (wish === null) return [];
    // Two hours, or two dates, by example alone: one of them may be the end, or the former one.
    const isGuess = /^\d+$/.test(field.key) && wish !== 'patientName';
    if (isGuess && wishes.filter((other) => other === wish).length > 1) return [];
    const value = flattenValue(valueOf(wish, field) ?? '');
    if (value === '' || value.length > field.maxLength) return [];
    const source = wish === 'patientFullName' ? 'patientName' : wish;
    return [{ part: field.part, key: field.key, value, source }];
  });
}
