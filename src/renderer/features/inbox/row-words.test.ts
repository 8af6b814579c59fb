import { describe, expect, it } from 'vitest';
import type { InboxRow } from '../../../shared/contract/index.ts';
import { buildFacts, buildRow } from '../../testing/builders.ts';
import { wordsIn } from '../../testing/words.ts';
import { appointmentWords, badgesOf, isDue, previewWords } from './row-words.ts';

const { translation, dates } = wordsIn('es');
const NOW = Date.UTC(2026, 10, 26, 16, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Preview = NonNullable<InboxRow['lastMessage']>;
const preview = (change: Partial<Preview>): string =>
  previewWords(
    {
      direction: 'inbound',
      kind: 'text',
      text: null,
      author: { kind: 'patient', name: null, isMe: false },
      sentAt: NOW,
      deliveryState: null,
      ...change,
    },
    translation,
  );
const by = (kind: string, name: string | null, isMe = false) => ({
  direction: 'outbound',
  author: { kind, name, isMe },
});

describe('previewWords', () => {
  it.each<[Partial<Preview>, string]>([
    [{ text: 'Hola, *gracias*\npor todo' }, 'Hola, gracias por todo'],
    [{ text: 'Le espero', ...by('agent', 'Marta Ruiz', true) }, 'Tú: Le espero'],
    [{ text: 'Le espero', ...by('agent', 'Marta Ruiz') }, 'Marta: Le espero'],
    [{ text: 'Recordatorio', ...by('bot', 'Bot') }, 'Bot: Recordatorio'],
    [{ text: 'Ya está', ...by('phone', null) }, 'Móvil de la clínica: Ya está'],
    [{ kind: 'image' }, 'Foto'],
    [{ kind: 'image', text: 'Mi muela' }, 'Mi muela'],
    [{ kind: 'audio' }, 'Nota de voz'],
    [{ kind: 'location' }, 'Ubicación'],
    [{ kind: 'contacts' }, 'Contacto'],
    [{ kind: 'hologram' }, 'Mensaje no compatible'],
    [{ kind: 'toString' }, 'Mensaje no compatible'],
    [{ kind: 'document', ...by('agent', 'Marta Ruiz') }, 'Marta: Documento'],
  ])('%j: %s', (change, expected) => {
    expect(preview(change)).toBe(expected);
  });

  it('says when there is no message yet', () => {
    expect(previewWords(null, translation)).toBe('Sin mensajes todavía');
  });
});

describe('badgesOf', () => {
  const badges = (facts: Partial<InboxRow['facts']>) =>
    badgesOf(buildRow({ facts: buildFacts({ lastInteractionAt: NOW, ...facts }) }), NOW, translation);

  it.each([
    [
      { windowExpiresAt: NOW + 23 * HOUR + 50 * MINUTE },
      { left: { time: '23 h', isSoon: false }, badges: [] },
    ],
    [{ windowExpiresAt: NOW + 72 * MINUTE }, { left: { time: '1 h 12 min', isSoon: false }, badges: [] }],
    [{ windowExpiresAt: NOW + 8 * MINUTE }, { left: { time: '8 min', isSoon: true }, badges: [] }],
    [{ windowExpiresAt: NOW + 1 }, { left: { time: 'menos de 1 min', isSoon: true }, badges: [] }],
    [{ windowExpiresAt: NOW }, { left: null, badges: ['templateOnly'] }],
    [{}, { left: null, badges: ['awaitingAnswer', 'templateOnly'] }],
    [
      { handler: 'bot' as const, windowExpiresAt: NOW + 2 * HOUR },
      { left: { time: '2 h', isSoon: false }, badges: ['bot'] },
    ],
    [
      {
        handler: 'bot' as const,
        lastMessageDirection: 'inbound' as const,
        lastInteractionAt: NOW - 10 * MINUTE,
      },
      { left: null, badges: ['botSilent', 'templateOnly'] },
    ],
    [
      {
        handler: 'bot' as const,
        lastMessageDirection: 'inbound' as const,
        lastInteractionAt: NOW - 10 * MINUTE + 1,
      },
      { left: null, badges: ['bot', 'templateOnly'] },
    ],
    [
      { closed: true, windowExpiresAt: NOW + HOUR },
      { left: null, badges: ['closed'] },
    ],
    [{ spam: true }, { left: null, badges: ['spam'] }],
  ])('%j', (facts, expected) => {
    expect(badges(facts)).toEqual(expected);
  });
});

describe('appointmentWords', () => {
  it.each([
    [NOW + HOUR, 'Hoy 18:30'],
    [NOW - HOUR, 'Hoy 16:30'],
    [NOW + DAY, 'Mañana 17:30'],
    [NOW + 6 * DAY, 'mié 17:30'],
    [NOW + 7 * DAY, 'jue 3 dic, 17:30'],
    [NOW + 8 * DAY, null],
    [NOW - DAY, null],
    [null, null],
  ])('%j: %j', (nextAppointmentAt, expected) => {
    expect(appointmentWords(buildRow({ nextAppointmentAt }), NOW, dates)).toBe(expected);
  });
});

describe('an appointment on a row, by time alone', () => {
  const wordsAt = (at: number, now: number) =>
    appointmentWords(buildRow({ nextAppointmentAt: at }), now, dates);
  it.each<[string, string, string, string | null]>([
    // The clinic is in Madrid: its midnight is an hour before UTC's in winter, two in summer.
    ['the last minute before', '2026-11-27T09:30:00Z', '2026-11-26T22:59:00Z', 'Mañana 10:30'],
    ['midnight', '2026-11-27T09:30:00Z', '2026-11-26T23:00:00Z', 'Hoy 10:30'],
    ['the night summer ends', '2026-10-25T09:30:00Z', '2026-10-24T21:59:00Z', 'Mañana 10:30'],
    ['the morning after it', '2026-10-25T09:30:00Z', '2026-10-24T22:00:00Z', 'Hoy 10:30'],
    ['the night summer begins', '2027-03-28T08:30:00Z', '2027-03-27T23:30:00Z', 'Hoy 10:30'],
    ['a day of the week', '2026-12-02T16:30:00Z', '2026-11-26T10:00:00Z', 'mié 17:30'],
    ['the moment it begins', '2026-11-26T10:00:00Z', '2026-11-26T10:00:00Z', 'Hoy 11:00'],
    ['too far away', '2026-12-05T16:30:00Z', '2026-11-26T10:00:00Z', null],
  ])('%s', (_name, at, now, words) => {
    expect(wordsAt(Date.parse(at), Date.parse(now))).toBe(words);
  });
});

describe('isDue', () => {
  const waiting = { lastInboundSentAt: NOW - MINUTE, lastMessageDirection: 'inbound' as const };
  it.each<[string, number | null, Partial<InboxRow['facts']>, boolean]>([
    ['in two hours', NOW + 2 * HOUR, waiting, true],
    ['a minute later', NOW + 2 * HOUR + MINUTE, waiting, false],
    ['now', NOW, waiting, true],
    ['begun', NOW - 1, waiting, false],
    ['answered', NOW + HOUR, { ...waiting, lastMessageDirection: 'outbound' as const }, false],
    ['spam', NOW + HOUR, { ...waiting, spam: true }, false],
    ['no appointment', null, waiting, false],
  ])('%s', (_name, nextAppointmentAt, facts, expected) => {
    expect(isDue(buildRow({ nextAppointmentAt, facts: buildFacts(facts) }), NOW)).toBe(expected);
  });
});
