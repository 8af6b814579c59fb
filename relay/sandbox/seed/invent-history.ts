import { DAY } from '@recado/protocol';
import type { Random } from '../random.ts';
import { templateText } from './clinic.ts';
import type { HistoryEvent, HistoryMessage } from './history.ts';
import { inventExchange } from './phrases.ts';

/** How an invented conversation stands at its end. */
export type Ending = 'people' | 'closed' | 'bot' | 'spam';

const MINUTE = 60_000;

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
      if (random.chance(0.03)) message.reactions = [{ by: 'clinic', emoji: '👍', at: at + MINUTE }];
      return [message];
    }
    case 'b':
      return [
        {
          ...common,
          author: 'bot',
          kind: 'template',
          text: templateText('recordatorio_cita', ...text.split('|')),
          content: { template: { name: 'recordatorio_cita', language: 'es' } },
        },
      ];
    case 'd':
      return [
        {
          ...common,
          author: { agent },
          kind: 'document',
          text: null,
          content: {
            media: {
              id: null,
              mimeType: 'application/pdf',
              fileName: text,
              sizeBytes: random.between(40_000, 900_000),
              voice: false,
            },
          },
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
  const average = 3.5;
  const talks = Math.max(1, Math.round(messages / average));
  const gap = Math.max(1, (until - options.from) / talks);
  let told = 0;
  let at = options.from;
  for (let talk = 0; told < messages; talk += 1) {
    const exchange = inventExchange(random, options.firstName);
    const agent = random.between(0, options.agents - 1);
    const left = messages - told;
    const talksLeft = Math.max(1, talks - talk);
    const start = Math.max(at, until - gap * talksLeft);
    const room = Math.min(gap, (until - start) / Math.max(1, Math.ceil(left / average)));
    const pace = Math.max(0, Math.min(random.between(1, 6) * MINUTE, room / (exchange.length + 2)));
    at = start;
    for (const [index, line] of exchange.slice(0, left).entries()) {
      at = Math.min(until, start + (index + 1) * pace);
      told += 1;
      yield* eventsOfLine(line, Math.floor(at), agent, random);
    }
    if (told < messages && gap > DAY) {
      yield { type: 'step', at: Math.floor(at), event: { type: 'closed' } };
    }
  }
  // Most of what stays open has been seen.
  if (ending === 'people' && random.chance(0.7)) {
    yield { type: 'step', at: Math.floor(at), event: { type: 'read', unread: 0 } };
  }
  yield* endingSteps(ending, Math.floor(at));
}
