import { DAY, HOUR, type Id } from '@recado/protocol';
import { createRandom, type Random } from '../random.ts';
import { inventHistory, officeTime, type Ending } from './invent-history.ts';
import { inventName, inventPhone, inventTreatment } from './phrases.ts';
import {
  writeHistory,
  type ConversationHistory,
  type HistoryAppointment,
  type HistoryTarget,
} from './write-history.ts';

export interface GenerateOptions {
  conversations: number;
  /** In all; every conversation gets at least one. */
  messages: number;
  seed?: string | number;
  tagIds?: readonly Id[];
  teamIds?: readonly Id[];
  /** How far back the oldest conversation begins, in days. */
  days?: number;
}

/** Shares the messages out: most conversations are short, a few are very long. Sums to exactly `messages`. */
function shareOut(conversations: number, messages: number, random: Random): number[] {
  if (messages < conversations) throw new RangeError('every conversation needs a message');
  const weights = Array.from({ length: conversations }, () => 1 / Math.sqrt(0.02 + random.next()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  let given = 0;
  return weights.map((weight) => {
    before += weight;
    const upTo = Math.round((before / total) * (messages - conversations));
    const extra = upTo - given;
    given = upTo;
    return 1 + extra;
  });
}

const ENDINGS: readonly (readonly [Ending, number])[] = [
  ['closed', 0.7],
  ['people', 0.25],
  ['bot', 0.04],
  ['spam', 0.01],
];

function pickEnding(random: Random): Ending {
  let draw = random.next();
  for (const [ending, share] of ENDINGS) {
    if (draw < share) return ending;
    draw -= share;
  }
  return 'closed';
}

function inventAppointments(random: Random, now: number): HistoryAppointment[] {
  if (random.chance(0.4)) return [];
  const day = Math.floor(now / DAY) * DAY;
  const past: HistoryAppointment = {
    startsAt: day - random.between(1, 200) * DAY + random.between(8, 18) * HOUR,
    ...inventTreatment(random),
    state: random.pick(['attended', 'attended', 'cancelled', 'missed']),
  };
  const next: HistoryAppointment = {
    startsAt: day + random.between(1, 60) * DAY + random.between(8, 18) * HOUR,
    ...inventTreatment(random),
    state: random.pick(['scheduled', 'confirmed']),
  };
  return random.chance(0.5) ? [past, next] : [past];
}

/** Invented conversations, repeatable by seed. */
export function* inventConversations(
  options: GenerateOptions & { now: number; agents: number },
): Generator<ConversationHistory> {
  const { now } = options;
  const root = createRandom(options.seed ?? 'history');
  const span = (options.days ?? 730) * DAY;
  const counts = shareOut(options.conversations, options.messages, root.fork('counts'));
  for (const [index, messages] of counts.entries()) {
    const random = root.fork(index);
    const name = inventName(random);
    const firstName = name.split(' ')[0] ?? name;
    const ending = pickEnding(random);
    // Recent activity is denser than old one, above all where people are still busy.
    const age = ending === 'people' && random.chance(0.1) ? DAY : span * random.next();
    const until = Math.min(now - 60_000, officeTime(now - 60_000 - age * random.next()));
    const from = Math.floor(Math.max(now - span - DAY, until - DAY - messages * random.next() * 2 * DAY));
    yield {
      patient: {
        name: random.chance(0.9) ? name : null,
        profileName: firstName,
        phone: inventPhone(index),
        userId: null,
        language: 'es',
      },
      appointments: inventAppointments(random, now),
      tagIds: options.tagIds?.length && random.chance(0.25) ? [random.pick(options.tagIds)] : [],
      teamIds: options.teamIds?.length && random.chance(0.2) ? [random.pick(options.teamIds)] : [],
      assigneeIds: [],
      events: inventHistory({ random, firstName, agents: options.agents, messages, from, until, ending }),
    };
  }
}

/**
 * Fills a clinic with invented conversations, up to 20,000 with 1,000,000 messages, in one transaction. The same seed
 * and the same `target.now` give the same history. A connected app may need a new snapshot to see it quickly.
 */
export async function generateHistory(
  target: HistoryTarget,
  options: GenerateOptions,
): Promise<{ conversations: number; messages: number }> {
  return writeHistory(
    target,
    inventConversations({ ...options, now: target.now, agents: target.agents.length }),
  );
}
