import { DEFAULT_CLINIC_SETTINGS } from '@recado/protocol';
import type { AppState, Directory } from '../../shared/contract/index.ts';
import { idOf } from './builders.ts';
import {
  AGENTS,
  buildConversation,
  buildMessage,
  DAY,
  halfHour,
  HOUR,
  MINUTE,
  TAGS,
  TEAMS,
  type SeededConversation,
} from './seed-builders.ts';
import { showcase } from './seed-showcase.ts';
import { HISTORIES, NAMES, ONE_LINERS } from './seed-texts.ts';

/** A repeatable source of chance (mulberry32). */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Everything else, by chance but always the same: `count` conversations over the last weeks. */
function crowd(now: number, count: number): SeededConversation[] {
  const chance = createChance(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  return Array.from({ length: count }, (_, index) => {
    const where = index % 9;
    const age = where < 4 ? (2.6 + chance() * 20) * HOUR : (25 + chance() * 700) * HOUR;
    const isAnswered = chance() < 0.45;
    const items = [buildMessage(now - age - 10 * MINUTE, { text: pick(ONE_LINERS) })];
    if (isAnswered) {
      items.push(
        buildMessage(now - age, {
          direction: 'outbound',
          text: pick(HISTORIES.answers),
          ...(chance() < 0.4 ? { author: { kind: 'agent', name: AGENTS.david.name, isMe: false } } : {}),
          ...(where === 6 ? { author: { kind: 'bot', name: 'Bot', isMe: false }, kind: 'template' } : {}),
        }),
      );
    }
    const isNamed = chance() < 0.9;
    return buildConversation(100 + index, {
      name: isNamed
        ? `${pick(NAMES.first)} ${pick(NAMES.last)}${chance() < 0.4 ? ` ${pick(NAMES.last)}` : ''}`
        : null,
      phone: `+34 6${String(Math.floor(chance() * 1e8)).padStart(8, '0')}`.replace(
        /(\d{3})(\d{2})(\d{2})(\d{2})$/u,
        '$1 $2 $3 $4',
      ),
      items,
      unread: isAnswered || where > 6 ? 0 : chance() < 0.4 ? 1 : 0,
      facts: {
        closed: where === 7,
        spam: where === 8 && index % 2 === 0,
        handler: where === 6 ? 'bot' : 'human',
      },
      row: {
        tags: chance() < 0.35 ? [pick(Object.values(TAGS))] : [],
        ...(chance() < 0.3 ? { assignees: [pick([AGENTS.marta, AGENTS.david])] } : {}),
        nextAppointmentAt: chance() < 0.2 ? halfHour(now + chance() * 9 * DAY) : null,
      },
    });
  });
}

export function seedConversations(now: number, count: number, history = 0): SeededConversation[] {
  // A clinic with none at all.
  if (count < 0) return [];
  const [first, ...others] = showcase(now);
  if (first === undefined) return [];
  const older = Array.from({ length: history }, (_, index) =>
    buildMessage(now - (40 + (history - index) / 4) * DAY, {
      text: `${index + 1}. ${ONE_LINERS[index % ONE_LINERS.length]}`,
      ...(index % 3 === 1 ? { direction: 'outbound' } : {}),
    }),
  );
  const lucia = { ...first, items: [...older, ...first.items] };
  return [lucia, ...others, ...crowd(now, count)];
}

function seedQuickReplies(): Directory['quickReplies'] {
  const build = (index: number, shortcut: string, text: string, more: object = {}) => ({
    id: idOf(11, index),
    shortcut,
    text,
    isMine: false,
    file: null,
    ...more,
  });
  return [
    build(1, 'hola', '¡Hola, {nombre}! Soy {agente}, de {clinica}. ¿En qué podemos ayudarte?'),
    build(2, 'horario', 'Abrimos de lunes a viernes de *9:00 a 20:00* y los sábados de 10:00 a 14:00.'),
    build(3, 'cita', 'Tu próxima cita es el {fecha} a las {hora} con {profesional}. ¿Te viene bien?'),
    build(4, 'cómo-llegar', 'Estamos en la calle Alameda, 12. El metro más cercano es Banco de España.', {
      file: {
        fileId: idOf(6, 50),
        fileName: 'plano.pdf',
        mimeType: 'application/pdf',
        sizeBytes: 320_000,
        kind: 'document',
        voice: false,
      },
    }),
    build(5, 'despedida', 'Gracias por escribirnos, {nombre}. ¡Que pases un buen día!', { isMine: true }),
  ];
}

export function seedDirectory(): Directory {
  const { marta, david, ines } = AGENTS;
  return {
    agents: [
      { ...marta, role: 'admin', active: true, isMe: true, email: 'marta@alameda.example', invited: false },
      { ...david, role: 'agent', active: true, isMe: false, email: 'david@alameda.example', invited: false },
      { ...ines, role: 'agent', active: true, isMe: false, email: 'ines@alameda.example', invited: true },
    ],
    teams: [
      { ...TEAMS.reception, memberIds: [marta.id, david.id] },
      { ...TEAMS.administration, memberIds: [ines.id] },
    ],
    tags: Object.values(TAGS),
    quickReplies: seedQuickReplies(),
    numbers: [{ id: '100', displayPhone: '+34 910 00 00 00' }],
    settings: {
      ...DEFAULT_CLINIC_SETTINGS,
      recordUrl: 'https://gestion.alameda.example/ficha?tel={telefono}',
    },
  };
}

export function seedAppState(now: number): AppState {
  return {
    phase: 'ready',
    signIn: { relayUrl: '', email: '', hasDemo: true, endedBy: null },
    session: {
      agent: AGENTS.marta,
      clinic: { name: 'Clínica Alameda', timeZone: 'Europe/Madrid', displayPhone: '+34 910 00 00 00' },
    },
    sync: {
      phase: 'live',
      since: now,
      progress: null,
      historyProgress: null,
      check: null,
      historyCompleteSince: null,
      isHistoryComplete: true,
      unsent: 0,
    },
    presence: [],
    clockOffsetMs: 0,
    notice: null,
    storeFailure: null,
  };
}
