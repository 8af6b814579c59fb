import {
  conversationFilter,
  DAY,
  HOUR,
  serviceWindow,
  type ConversationFacts,
  type ConversationFilter,
  type Id,
} from '@recado/protocol';
import type { Database } from '../../src/db/database.ts';
import type { Random } from '../random.ts';
import { MARTA, templateMessage } from './clinic.ts';
import { startHistory, type HistoryAgent, type HistoryEvent } from './history.ts';
import { writeHistory, type ConversationHistory } from './write-history.ts';

interface Stored {
  id: Id;
  facts: ConversationFacts;
  firstName: string;
  lastActivityAt: number;
  lastMessage: { id: Id; sentAt: number } | null;
  participants: { agentId: Id; lastAt: string }[];
}

/** A state of the inbox that a demonstration needs, and the talk that brings a quiet conversation there. */
interface Need {
  name: string;
  /** How many conversations should be in it. */
  count: number;
  holds(facts: ConversationFacts, now: number): boolean;
  /** Only conversations in one of these filters are touched, the first ones rather. */
  from: readonly ConversationFilter[];
  tell(now: number, firstName: string, random: Random): HistoryEvent[];
}

const MINUTE = 60_000;

const says = (at: number, text: string): HistoryEvent => ({
  type: 'message',
  at,
  author: 'patient',
  kind: 'text',
  text,
});
const answers = (at: number, agent: number, text: string): HistoryEvent => ({
  type: 'message',
  at,
  author: { agent },
  kind: 'text',
  text,
});

function remaining(facts: ConversationFacts, now: number): number | null {
  if (conversationFilter(facts, now) !== 'received') return null;
  const window = serviceWindow(facts, now);
  return window.state === 'open' ? window.remainingMs : 0;
}

/** An open window with about that much time left. */
function windowNeed(
  name: string,
  leftMs: number,
  [least, most]: readonly [number, number],
  text: string,
): Need {
  return {
    name,
    count: 1,
    holds: (facts, now) => {
      const left = remaining(facts, now);
      return left !== null && left > least && left <= most;
    },
    from: ['expired', 'closed'],
    tell: (now) => [says(now - DAY + leftMs, text)],
  };
}

const FRESH_TEXTS = [
  'Hola, ¿tenéis hueco esta semana?',
  '¿Me podéis mandar la factura de la última visita?',
  'Buenas, necesito cambiar la cita del viernes',
  '¿Cuánto cuesta la limpieza?',
  'Ya estoy mejor, gracias por preguntar 😊',
  '¿Puedo llevar a mi hijo a la misma hora?',
];

const NEEDS: readonly Need[] = [
  windowNeed('nearly full', 24 * HOUR - 2 * MINUTE, [23 * HOUR, 24 * HOUR], 'Perfecto, ¿y a qué hora sería?'),
  windowNeed('about an hour', 72 * MINUTE, [HOUR, 90 * MINUTE], '¿Os puedo enviar la radiografía por aquí?'),
  windowNeed(
    'some minutes',
    8 * MINUTE,
    [5 * MINUTE, 15 * MINUTE],
    'Me decís algo del presupuesto, por favor',
  ),
  {
    name: 'window over, clinic spoke last',
    count: 1,
    holds: (facts, now) => remaining(facts, now) === 0,
    from: ['expired', 'closed'],
    tell: (now) => [
      says(now - 30 * HOUR, '¿Me confirmáis la cita del martes?'),
      answers(now - 7 * HOUR, 1, 'Sí, queda confirmada. ¡Hasta el martes!'),
    ],
  },
  {
    name: 'received',
    count: 14,
    holds: (facts, now) => conversationFilter(facts, now) === 'received',
    from: ['expired', 'closed'],
    tell: (now, _firstName, random) => {
      const at = now - random.between(10, 1_200) * MINUTE;
      const first = says(at, random.pick(FRESH_TEXTS));
      return random.chance(0.5)
        ? [first]
        : [first, answers(at + 6 * MINUTE, random.between(0, 2), 'Lo miro y te digo enseguida.')];
    },
  },
  {
    name: 'with the bot',
    count: 8,
    holds: (facts, now) => conversationFilter(facts, now) === 'bot',
    from: ['expired', 'closed'],
    tell: (now, firstName, random) => [
      {
        type: 'message',
        at: now - random.between(30, 300) * MINUTE,
        author: 'bot',
        kind: 'template',
        ...templateMessage('recordatorio_cita', firstName, 'revisión', 'mañana', '10:30', 'el Dr. Soler'),
      },
    ],
  },
  {
    // Last, because what is closed here comes out of what has expired by itself.
    name: 'closed',
    count: 10,
    holds: (facts, now) => conversationFilter(facts, now) === 'closed',
    from: ['expired'],
    tell: (now) => [
      {
        type: 'message',
        at: now - MINUTE,
        author: { agent: MARTA },
        kind: 'system',
        text: null,
        content: { event: { code: 'closed' } },
      },
      { type: 'step', at: now - MINUTE, event: { type: 'closed' } },
    ],
  },
];
/** So many stay as they are in the filters the others are taken from. */
const KEEP: Partial<Record<ConversationFilter, number>> = { expired: 6, closed: 10 };

async function readConversations(database: Database, clinicId: Id): Promise<Stored[]> {
  const { rows } = await database.inClinic(clinicId, (client) =>
    client.query<
      ConversationFacts & {
        id: Id;
        name: string | null;
        lastActivityAt: number;
        lastMessageId: Id | null;
        lastMessageSentAt: number | null;
        participants: { agentId: Id; lastAt: string }[];
      }
    >(
      `select c.id, spam, closed, handler, last_inbound_sent_at as "lastInboundSentAt",
         window_expires_at as "windowExpiresAt", last_interaction_at as "lastInteractionAt",
         last_message_direction as "lastMessageDirection", unread, last_activity_at as "lastActivityAt",
         coalesce(p.name, p.profile_name) as name, participants, m.id as "lastMessageId",
         m.sent_at as "lastMessageSentAt"
       from conversations c
       join patients p on p.clinic_id = c.clinic_id and p.id = c.patient_id
       left join messages m on m.clinic_id = c.clinic_id and m.id = c.last_message_id
       where c.clinic_id = $1 order by last_activity_at, c.id`,
      [clinicId],
    ),
  );
  return rows.map(
    ({ id, name, lastActivityAt, lastMessageId, lastMessageSentAt, participants, ...facts }) => ({
      id,
      facts,
      firstName: name?.split(' ')[0] ?? 'paciente',
      lastActivityAt,
      participants,
      lastMessage:
        lastMessageId === null || lastMessageSentAt === null
          ? null
          : { id: lastMessageId, sentAt: lastMessageSentAt },
    }),
  );
}

function continueHistory(stored: Stored, events: HistoryEvent[]): ConversationHistory {
  const state = startHistory(stored.facts);
  state.lastActivityAt = stored.lastActivityAt;
  state.lastMessage = stored.lastMessage;
  state.participants = new Map(
    stored.participants.map(({ agentId, lastAt }) => [agentId, Date.parse(lastAt)]),
  );
  return {
    patient: { name: null, profileName: null, phone: null, userId: null },
    appointments: [],
    tagIds: [],
    teamIds: [],
    assigneeIds: [],
    events,
    existing: { id: stored.id, state },
  };
}

/**
 * Makes a clinic seeded days ago lively again: where a filter or a window state is no longer shown, the quietest
 * conversations get something new. What anybody wrote meanwhile stays untouched. Returns how many went on.
 */
export async function refreshClinic(deps: {
  database: Database;
  clinicId: Id;
  numberId: string;
  agents: readonly HistoryAgent[];
  random: Random;
  now: number;
}): Promise<number> {
  const { now } = deps;
  const conversations = await readConversations(deps.database, deps.clinicId);
  const untouched = new Set(conversations);
  const goingOn: ConversationHistory[] = [];
  const filterOf = ({ facts }: Stored) => conversationFilter(facts, now);
  const left = (filter: ConversationFilter) =>
    [...untouched].filter((candidate) => filterOf(candidate) === filter).length;

  for (const need of NEEDS) {
    let missing = need.count - conversations.filter(({ facts }) => need.holds(facts, now)).length;
    const candidates = need.from.flatMap((filter) =>
      conversations.filter((candidate) => untouched.has(candidate) && filterOf(candidate) === filter),
    );
    for (const candidate of candidates) {
      if (missing <= 0) break;
      const filter = filterOf(candidate);
      if (left(filter) <= (KEEP[filter] ?? 0)) continue;
      const events = need.tell(now, candidate.firstName, deps.random);
      // Nothing may happen before what has happened already.
      if ((events[0]?.at ?? 0) <= candidate.lastActivityAt) continue;
      untouched.delete(candidate);
      goingOn.push(continueHistory(candidate, events));
      missing -= 1;
    }
  }
  if (goingOn.length > 0) await writeHistory(deps, goingOn);
  return goingOn.length;
}
