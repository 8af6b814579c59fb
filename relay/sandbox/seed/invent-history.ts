import { DAY, HOUR } from '@recado/protocol';
import type { Random } from '../random.ts';
import { contentOf, SAMPLES } from '../media/samples.ts';
import { templateMessage } from './clinic.ts';
import type { HistoryEvent, HistoryMessage } from './history.ts';
import { inventExchange } from './phrases.ts';

/** How an invented conversation stands at its end. */
export type Ending = 'people' | 'closed' | 'bot' | 'spam';

const MINUTE = 60_000;
/** Lines of an exchange, about. */
const AVERAGE_EXCHANGE = 3.3;

/**
 * The same moment pressed into opening hours, roughly: a day's 24 hours become those from nine to eight in Madrid.
 * Keeps order.
 */
export function officeTime(at: number): number {
  const midnight = Math.floor(at / DAY) * DAY;
  return Math.floor(midnight + 8 * HOUR + ((at - midnight) * 11) / 24);
}

function eventsOfLine(
  [speaker, text]: readonly [string, string],
  at: number,
  agent: number,
  random: Random,
): HistoryEvent[] {
  const common = { type: 'message' as const, at };
  switch (speaker) {
    case 'p': {
      const message: HistoryMessage = { ...common, author: 'patient', kind: 'text', text };
      if (random.chance(0.03)) message.reactions = [{ by: 'clinic', emoji: '👍', at }];
      return [message];
    }
    case 'b':
      return [
        {
          ...common,
          author: 'bot',
          kind: 'template',
          ...templateMessage('recordatorio_cita', ...text.split('|')),
        },
      ];
    case 'd':
      return [
        {
          ...common,
          author: { agent },
          kind: 'document',
          text: null,
          content: contentOf(SAMPLES.attendance, text),
        },
      ];
    default:
      return [
        {
          ...common,
          author: { agent },
          kind: 'text',
          text,
          status: random.chance(0.85) ? 'read' : 'delivered',
        },
      ];
  }
}

/** What brings a conversation to its ending; nothing more is said after it. */
function endingSteps(ending: Ending, at: number): HistoryEvent[] {
  if (ending === 'closed') return [{ type: 'step', at, event: { type: 'closed' } }];
  if (ending === 'spam') return [{ type: 'step', at, event: { type: 'markedSpam' } }];
  return [{ type: 'step', at, event: { type: ending === 'bot' ? 'botActivated' : 'botHandedOver' } }];
}

/**
 * An invented conversation of exactly `messages` messages between two moments, made while it is asked for. Talks
 * begin closed and reopen by themselves, as at a clinic that closes what is done.
 */
export function* inventHistory(options: {
  random: Random;
  firstName: string;
  agents: number;
  messages: number;
  from: number;
  until: number;
  ending: Ending;
}): Generator<HistoryEvent> {
  const { random, messages, until, ending } = options;
  let left = messages;
  let at = options.from;
  while (left > 0) {
    const exchange = inventExchange(random, options.firstName).slice(0, left);
    const agent = random.between(0, options.agents - 1);
    left -= exchange.length;
    // The last talk ends the conversation; each other one leaves room for what is still to be said.
    const share = (until - at) / (1 + left / AVERAGE_EXCHANGE);
    const end = left === 0 ? until : Math.min(until, Math.max(at, officeTime(at + share)));
    const pace = Math.min(random.between(1, 6) * MINUTE, (end - at) / exchange.length);
    const start = end - pace * (exchange.length - 1);
    const quiet = start - at > DAY;
    if (quiet && left + exchange.length < messages) {
      yield { type: 'step', at: Math.floor(at), event: { type: 'closed' } };
    }
    for (const [index, line] of exchange.entries()) {
      at = start + index * pace;
      yield* eventsOfLine(line, Math.floor(at), agent, random);
    }
  }
  // Most of what stays open has been seen.
  if (ending === 'people' && random.chance(0.7)) {
    yield { type: 'step', at: Math.floor(at), event: { type: 'read', unread: 0 } };
  }
  yield* endingSteps(ending, Math.floor(at));
}
