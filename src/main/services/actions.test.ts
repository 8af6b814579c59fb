/** Actions and taking them back, over a real store. */
import { newId, toTimestamp, type Conversation } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, InboxRow } from '../../shared/contract/index.ts';
import {
  agentId,
  buildConversation,
  buildQuery,
  conversationId,
  createTestStore,
  dumpMirror,
  MINUTE,
  NOON,
  put,
  tagId,
  teamId,
} from '../store/testing.ts';
import { createActions } from './actions.ts';

function setUp(conversations: Conversation[]) {
  const store = createTestStore();
  store.write.setAgent({ agentId: agentId(1) });
  store.write.applyChanges({
    changes: conversations.map((conversation, index) => put('conversation', 10 + index, conversation)),
    next: 1_000,
  });
  let monotonic = 0;
  const { read, write } = store;
  const actions = createActions({
    store: {
      read: {
        matchingConversations: async (input) => read.matchingConversations(input),
        conversationStates: async (input) => read.conversationStates(input),
      },
      write: {
        enqueueCommands: async (input) => write.enqueueCommands(input),
        undoCommands: async (input) => write.undoCommands(input),
      },
    },
    clock: { now: () => NOON },
    monotonicNow: () => monotonic,
    announce: () => undefined,
  });
  /** Everything that waits has left: the relay has it, but its changes are not here yet. */
  const sendAll = () => {
    for (;;) {
      const taken = write.takeOutbox({ limit: 50, now: NOON });
      if (taken.length === 0) return;
      write.recordOutboxResults({
        results: taken.map(({ command }) => ({ id: command.id, status: 'applied', seq: 9_000 })),
      });
    }
  };
  const act = (action: Action, target: Parameters<typeof actions.act>[0]['target']) =>
    actions.act({ target, action, confirmed: true }).then((done) => {
      if (!done.ok) throw new Error(done.error.code);
      return done.data;
    });
  const queued = () =>
    store.database
      .all<{ command: string }>('select command from outbox order by position')
      .map(({ command }) => {
        const { type, args, basedOn } = JSON.parse(command) as Record<string, unknown>;
        return { type, args, basedOn };
      });
  return {
    store,
    actions,
    act,
    sendAll,
    queued,
    pass(ms: number) {
      monotonic += ms;
    },
  };
}

const all = { query: buildQuery({ filter: 'all' }) };
const one = { conversationIds: [conversationId(0)] };

describe('an action', () => {
  test('carries what was on screen where it may be refused for it, and skips what is so already', async () => {
    const { act, queued } = setUp([buildConversation(0), buildConversation(1, { closed: true })]);
    expect(await act({ type: 'close' }, all)).toMatchObject({ count: 1 });
    expect(queued()).toEqual([
      { type: 'conversation.close', args: { conversationId: conversationId(0) }, basedOn: 10 },
    ]);
    expect((await act({ type: 'close' }, all)).count).toBe(0);
  });

  test('on one conversation that is not here is refused', async () => {
    const { actions } = setUp([]);
    const input = { target: one, action: { type: 'close' as const }, confirmed: true };
    expect(await actions.act(input)).toEqual({ ok: false, error: { code: 'not_found' } });
  });

  test('closing one with messages nobody saw asks first; many, or read ones, do not', async () => {
    const { actions, queued } = setUp([
      buildConversation(0, { unread: 3 }),
      buildConversation(1, { unread: 3 }),
    ]);
    const close = (target: Parameters<typeof actions.act>[0]['target'], confirmed = false) =>
      actions.act({ target, action: { type: 'close' }, confirmed });
    expect(await close(one)).toEqual({ ok: false, error: { code: 'unseen_messages', count: 3 } });
    expect(queued()).toEqual([]);
    expect(await close(one, true)).toMatchObject({ ok: true });
    expect(await close(all)).toMatchObject({ ok: true, data: { count: 1 } });
  });

  test('on thousands goes in pieces and ends with one thing to take back', async () => {
    const many = Array.from({ length: 1_203 }, (_, index) => buildConversation(index));
    const { act, actions, store } = setUp(many);
    const { actionId, count } = await act({ type: 'tag', tagIds: [tagId(1)] }, all);
    expect(count).toBe(1_203);
    expect(store.read.outboxCounts({}).unsent).toBe(1_203);
    await actions.undo({ actionId });
    expect(store.read.outboxCounts({}).unsent).toBe(0);
  });
});

const state = fc.record({
  spam: fc.boolean(),
  closed: fc.boolean(),
  handler: fc.constantFrom('human', 'bot'),
  unread: fc.nat(3),
  pinned: fc.boolean(),
  snoozedUntil: fc.constantFrom(null, toTimestamp(NOON + MINUTE)),
  tagIds: fc.subarray([tagId(1), tagId(2)]),
  assigneeIds: fc.subarray([agentId(1), agentId(2)]),
  teamIds: fc.subarray([teamId(1)]),
});
const targets = {
  agentIds: fc.subarray([agentId(1), agentId(2), agentId(3)]),
  teamIds: fc.subarray([teamId(1), teamId(2)]),
};
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'close' as const,
      'reopen' as const,
      'markSpam' as const,
      'unmarkSpam' as const,
      'markRead' as const,
      'markUnread' as const,
    ),
  }),
  fc.record({ type: fc.constantFrom('assign' as const, 'unassign' as const), ...targets }),
  fc.record({
    type: fc.constantFrom('tag' as const, 'untag' as const),
    tagIds: fc.subarray([tagId(1), tagId(2), tagId(3)], { minLength: 1 }),
  }),
  fc.record({ type: fc.constant('setBot' as const), active: fc.boolean() }),
  fc.record({ type: fc.constant('pin' as const), pinned: fc.boolean() }),
  fc.record({
    type: fc.constant('snooze' as const),
    until: fc.constantFrom(null, NOON + MINUTE, NOON + 2 * MINUTE),
  }),
);

/** States no relay gives: spam and closed ones are the people's, spam and closed are read but for what came since. */
const isPossible = ({ spam, closed, handler, unread }: Conversation) =>
  (!(spam || closed) || handler === 'human') && (!closed || spam || unread === 0);

describe('taking an action back', () => {
  const states = fc
    .array(state, { minLength: 1, maxLength: 8 })
    .map((all) => all.map((overrides, index) => buildConversation(index, overrides)).filter(isPossible));

  test('before it has left: everything is exactly as before', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(states, fc.array(action, { minLength: 1, maxLength: 4 }), async (some, doing) => {
        const { store, actions, act } = setUp(some);
        const before = dumpMirror(store);
        const done = [];
        for (const each of doing) done.push((await act(each, all)).actionId);
        for (const actionId of done.reverse()) await actions.undo({ actionId });
        expect(dumpMirror(store)).toEqual(before);
        expect(store.read.outboxCounts({}).unsent).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test(
    'after it has left: the row is as before, unread at least once where it was',
    { timeout: 60_000 },
    async () => {
      const shape = (
        { facts, tags: _tags, assignees: _assignees, ...row }: InboxRow,
        store: ReturnType<typeof setUp>['store'],
      ) => {
        const [held] = store.read.conversationStates({ conversationIds: [row.conversationId] });
        const { tagIds, assigneeIds, teamIds } = held!.conversation;
        return {
          ...row,
          facts: { ...facts, unread: facts.unread > 0 },
          belonging: [tagIds, assigneeIds, teamIds].map((ids) => [...ids].sort()),
        };
      };
      const look = (store: ReturnType<typeof setUp>['store']) =>
        store.read
          .inboxPage({ query: all.query, before: null, limit: 50, now: NOON })
          .rows.map((row) => shape(row, store));
      await fc.assert(
        fc.asyncProperty(states, action, fc.boolean(), async (some, each, partly) => {
          const { store, actions, act, sendAll } = setUp(some);
          const before = look(store);
          const { actionId } = await act(each, all);
          if (partly) store.write.takeOutbox({ limit: 2, now: NOON });
          else sendAll();
          await actions.undo({ actionId });
          expect(look(store)).toEqual(before);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('precisely: only the tags and people that were added go', async () => {
    const { act, actions, sendAll, store } = setUp([
      buildConversation(0, { tagIds: [tagId(1)], assigneeIds: [agentId(1)] }),
    ]);
    const tagged = await act({ type: 'tag', tagIds: [tagId(1), tagId(2)] }, one);
    const assigned = await act(
      { type: 'assign', agentIds: [agentId(1), agentId(2)], teamIds: [teamId(1)] },
      one,
    );
    sendAll();
    await actions.undo(tagged);
    await actions.undo(assigned);
    const [held] = store.read.conversationStates(one);
    expect(held?.conversation).toMatchObject({ tagIds: [tagId(1)], assigneeIds: [agentId(1)], teamIds: [] });
  });

  test('for ten seconds, and once', async () => {
    const { act, actions, pass } = setUp([buildConversation(0)]);
    const late = await act({ type: 'pin', pinned: true }, one);
    pass(12_000);
    const tooLate = { ok: false, error: { code: 'undo_too_late' } };
    expect(await actions.undo(late)).toEqual(tooLate);
    const twice = await act({ type: 'pin', pinned: false }, one);
    pass(10_000);
    expect(await actions.undo(twice)).toMatchObject({ ok: true });
    expect(await actions.undo(twice)).toEqual(tooLate);
    expect(await actions.undo({ actionId: newId() })).toEqual(tooLate);
  });

  test('T26 a block: of spam while the window is open, pending until WhatsApp has done it, undone by unblocking', async () => {
    const wrote = { spam: true, unread: 0, windowExpiresAt: toTimestamp(NOON + MINUTE) };
    const { act, actions, store, queued, sendAll } = setUp([buildConversation(0, wrote)]);
    const read = (): unknown =>
      store.read.conversationStates({ conversationIds: [conversationId(0)] })[0]?.conversation.blockState;
    const blocked = await act({ type: 'block' }, one);
    expect(read()).toBe('blocking');
    expect(queued().map(({ type }) => type)).toEqual(['conversation.block']);
    sendAll();
    expect(read()).toBe('blocking');
    store.write.applyChanges({
      changes: [put('conversation', 9_000, buildConversation(0, { ...wrote, blockState: 'blocked' }))],
      next: 9_000,
    });
    expect(read()).toBe('blocked');
    await actions.undo(blocked);
    expect(read()).toBe('unblocking');
  });

  test.each([
    ['no spam', { spam: false, windowExpiresAt: toTimestamp(NOON + MINUTE) }],
    ['after the window', { spam: true, windowExpiresAt: toTimestamp(NOON) }],
    [
      'a block that is there',
      { spam: true, windowExpiresAt: toTimestamp(NOON + MINUTE), blockState: 'blocked' },
    ],
  ])('T26 a block changes nothing: %s', async (_, state) => {
    const { actions } = setUp([buildConversation(0, state)]);
    const reply = await actions.act({ target: one, action: { type: 'block' }, confirmed: false });
    expect(reply).toMatchObject({ ok: true, data: { count: 0 } });
  });

  test('not what the relay refused: there is nothing to undo', async () => {
    const { act, actions, store } = setUp([buildConversation(0)]);
    const refused = await act({ type: 'close' }, one);
    const taken = store.write.takeOutbox({ limit: 1, now: NOON });
    const ids = taken.map(({ command }) => command.id);
    store.write.recordOutboxResults({
      results: ids.map((id) => ({ id, status: 'refused', code: 'stale' })),
    });
    actions.forget(ids);
    expect(await actions.undo(refused)).toMatchObject({ ok: true });
    expect(store.read.outboxCounts({}).unsent).toBe(0);
  });
});
