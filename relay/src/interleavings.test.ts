import {
  applyConversationEvent,
  CONVERSATION_FILTERS,
  conversationFilter,
  newId,
  COMMANDS_REFUSED_WHEN_STALE,
  type Command,
  type CommandResult,
  type ConversationEvent,
  type ConversationFacts,
  type Entity,
} from '@recado/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { factsOf, startTestInbox, type TestInbox, type TestPatient } from '../sandbox/testing/inbox.ts';
import { eventually, type RelayClient } from '../sandbox/testing/relay-client.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

const COMMANDS = [
  ['conversation.close', {}],
  ['conversation.reopen', {}],
  ['conversation.markSpam', {}],
  ['conversation.unmarkSpam', {}],
  ['conversation.setBot', { active: true }],
  ['conversation.setBot', { active: false }],
  ['conversation.pin', { pinned: true }],
  ['conversation.pin', { pinned: false }],
  ['conversation.markRead', { upToOrdinal: 1e9, silent: true }],
  ['conversation.markUnread', {}],
  ['message.send', {}],
] as const;

interface Step {
  patient: number;
  command: number;
  /** Whether the person acts on what they saw at the beginning, or on whatever there is. */
  isStale: boolean;
}
const step = fc.record({
  patient: fc.nat(1),
  command: fc.nat(COMMANDS.length - 1),
  isStale: fc.boolean(),
});
const plan = fc.record({
  marta: fc.array(step, { maxLength: 8 }),
  david: fc.array(step, { maxLength: 8 }),
  /** Who of the patients writes. */
  webhooks: fc.array(fc.nat(1), { maxLength: 6 }),
});

const NEW: ConversationFacts = {
  spam: false,
  closed: false,
  handler: 'human',
  lastInboundSentAt: null,
  windowExpiresAt: null,
  lastInteractionAt: null,
  lastMessageDirection: null,
  unread: 0,
};

const LINES: Record<string, ConversationEvent> = {
  closed: { type: 'closed' },
  reopened: { type: 'reopened' },
  marked_spam: { type: 'markedSpam' },
  bot_activated: { type: 'botActivated' },
  bot_paused: { type: 'botHandedOver' },
};

/** What a message of a thread did to the conversation when it was written; null when it changed nothing. */
function eventOf(
  message: Entity<'message'>,
  earlier: readonly Entity<'message'>[],
): ConversationEvent | null {
  if (message.direction === 'inbound') {
    return {
      type: 'patientWrote',
      sentAt: Date.parse(message.sentAt),
      receivedAt: Date.parse(message.receivedAt),
    };
  }
  if (message.direction === 'outbound') return { type: 'staffMessageQueued' };
  const code = message.content.event?.code;
  if (code !== 'unmarked_spam') return LINES[code ?? ''] ?? null;
  const marked = earlier.findLastIndex(({ content }) => content.event?.code === 'marked_spam');
  const meanwhile = earlier.slice(marked).filter(({ direction }) => direction === 'inbound');
  return { type: 'unmarkedSpam', messagesWhileSpam: meanwhile.length };
}

/** The conversation as its thread tells it: reading leaves no line, and when WhatsApp accepts is not in it. */
function retold(thread: Entity<'message'>[]): Partial<ConversationFacts> {
  const facts = thread.reduce((state, message, index) => {
    const event = eventOf(message, thread.slice(0, index));
    return event ? applyConversationEvent(state, event) : state;
  }, NEW);
  const { spam, closed, handler, lastInboundSentAt, windowExpiresAt } = facts;
  return { spam, closed, handler, lastInboundSentAt, windowExpiresAt };
}

/** An app's tables after it has been told changes: the larger number wins, whatever the order. */
function tables(changes: { entity: string; id: string; seq: number; data?: unknown }[]) {
  const rows = new Map<string, { seq: number; data: unknown }>();
  for (const { entity, id, seq, data } of changes) {
    const key = `${entity} ${id}`;
    if ((rows.get(key)?.seq ?? 0) < seq) rows.set(key, { seq, data });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function commandsOf(steps: Step[], by: RelayClient, patients: TestPatient[], seen: number[]) {
  const commands: Command[] = [];
  for (const { patient, command, isStale } of steps) {
    const [type, args] = COMMANDS[command] ?? COMMANDS[0];
    const conversation = await patients[patient]?.conversation();
    const base =
      type === 'message.send'
        ? by.sendCommand(conversation as Entity<'conversation'>, 'Buenos días', newId())
        : by.command(type, { conversationId: conversation?.id, ...args });
    commands.push({ ...base, basedOn: isStale ? (seen[patient] ?? null) : null });
  }
  return commands;
}

test('whatever two people and two patients do at once, everybody ends with the same, and the thread tells why', async () => {
  await fc.assert(
    fc.asyncProperty(plan, fc.infiniteStream(fc.nat(1_000)), async ({ marta, david, webhooks }, dice) => {
      const patients = [await inbox.patientIn.received(), await inbox.patientIn.received()];
      const { head: before } = await inbox.marta.changes();
      const seen = await Promise.all(patients.map((patient) => patient.version()));
      const commands = [
        await commandsOf(marta, inbox.marta, patients, seen),
        await commandsOf(david, inbox.david, patients, seen),
      ];
      const inPages = async (by: RelayClient, all: Command[] = []) => {
        const results: CommandResult[] = [];
        for (let next = 0; next < all.length; next += 3) {
          results.push(...(await by.send(all.slice(next, next + 3))));
        }
        return results;
      };
      const write = async () => {
        for (const patient of webhooks) await patients[patient]?.writes();
      };
      const [ofMarta, ofDavid] = await Promise.all([
        inPages(inbox.marta, commands[0]),
        inPages(inbox.david, commands[1]),
        write(),
      ]);
      await eventually('nothing waits to be sent', async () =>
        (await Promise.all(patients.map((patient) => patient.thread())))
          .flat()
          .every(({ status }) => status === null || ['sent', 'cancelled'].includes(status)),
      );

      // Two apps, one told in order, the other in any order and some things twice.
      const { changes } = await inbox.marta.changes(before);
      const shuffled = [...changes, ...changes.slice(0, 5)]
        .map((change) => ({ change, place: dice.next().value }))
        .sort((a, b) => a.place - b.place);
      expect(tables(shuffled.map(({ change }) => change))).toEqual(tables(changes));

      for (const patient of patients) {
        const thread = await patient.thread();
        const facts = await patient.facts();
        expect(facts).toMatchObject(retold(thread));
        // No line without an effect: nobody closed what was closed.
        const switches = thread.flatMap(({ content }) => content.event?.code ?? []);
        expect(switches.filter((code, index) => code === switches[index - 1])).toEqual([]);
      }

      // Nothing was decided over the head of a patient who had written.
      const inbound = (await Promise.all(patients.map((patient) => patient.thread())))
        .flat()
        .filter(({ direction }) => direction === 'inbound');
      const all = [...(commands[0] ?? []), ...(commands[1] ?? [])];
      for (const [index, result] of [...ofMarta, ...ofDavid].entries()) {
        const { type, basedOn, args } = all[index] as Command;
        if (!COMMANDS_REFUSED_WHEN_STALE.has(type) || basedOn === null || result.seq === undefined) continue;
        const { seq } = result;
        const missed = inbound.filter(
          ({ conversationId, ordinal }) =>
            conversationId === args['conversationId'] && ordinal > basedOn && ordinal < seq,
        );
        expect(missed).toEqual([]);
      }

      // Exactly one filter each: the counts add up (I1).
      const everything = await inbox.marta.all('conversation');
      const counts = CONVERSATION_FILTERS.map(
        (filter) =>
          everything.filter((each) => conversationFilter(factsOf(each), inbox.now()) === filter).length,
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(everything.length);
      inbox.pass(1_000);
    }),
    { numRuns: 25 },
  );
});
