import {
  conversationFilter,
  CONVERSATION_FILTERS,
  isUnanswered,
  type ConversationFilter,
} from '@recado/protocol';
import type {
  AppState,
  Bridge,
  CallError,
  CallName,
  InboxRow,
  ThreadItem,
} from '../../shared/contract/index.ts';
import { buildMessage, type SeededConversation } from './seed-builders.ts';
import { seedAppState, seedConversations } from './seed.ts';

export interface FakeOptions {
  now: number;
  /** Conversations besides the showcase. */
  count: number;
  state?: (state: AppState) => AppState;
  /** What signing in answers; null is success. */
  signInError?: CallError | null;
}

type Listener = (payload: never) => void;

/** The contract in memory, for looking at the window without main. Messages move from queued to read by themselves. */
export function createFakeBridge({ now, count, state: change, signInError = null }: FakeOptions) {
  const conversations = new Map<string, SeededConversation>(
    seedConversations(now, count).map((each) => [each.row.conversationId, each]),
  );
  const listeners: Record<string, Set<Listener>> = { changed: new Set(), state: new Set() };
  const seeded = seedAppState(now);
  let state = change ? change(seeded) : seeded;

  const emit = (name: string, payload: unknown): void =>
    listeners[name]?.forEach((listener) => listener(payload as never));
  const changed = (conversationId: string): void =>
    emit('changed', { conversationIds: [conversationId], overflow: false, isLive: true });
  const setState = (next: Partial<AppState>): void => {
    state = { ...state, ...next };
    emit('state', state);
  };

  function rowsOf(filter: ConversationFilter): InboxRow[] {
    return [...conversations.values()]
      .map(({ row }) => row)
      .filter((row) => conversationFilter(row.facts, Date.now()) === filter)
      .sort((a, b) => b.lastActivityAt - a.lastActivityAt);
  }

  function find(conversationId: string): SeededConversation {
    const found = conversations.get(conversationId);
    if (!found) throw new Error('not_found');
    return found;
  }

  function touch(conversation: SeededConversation, facts: Partial<InboxRow['facts']>): void {
    const last = conversation.items.filter((item) => item.direction !== 'internal').at(-1);
    const merged = { ...conversation.row.facts, ...facts };
    conversation.row = {
      ...conversation.row,
      facts: merged,
      lastActivityAt: last?.sentAt ?? conversation.row.lastActivityAt,
      lastMessage: last
        ? {
            direction: last.direction,
            kind: last.kind,
            text: last.text,
            author: last.author,
            sentAt: last.sentAt,
            deliveryState: last.delivery?.state ?? null,
          }
        : null,
    };
    conversation.detail = { ...conversation.detail, facts: merged };
    changed(conversation.row.conversationId);
  }

  function replaceItem(
    conversation: SeededConversation,
    messageId: string,
    change: Partial<ThreadItem> | null,
  ): void {
    conversation.items = conversation.items.flatMap((item) => {
      if (item.messageId !== messageId) return [item];
      return change === null ? [] : [{ ...item, ...change }];
    });
    touch(conversation, {});
  }

  function send(conversation: SeededConversation, text: string): string {
    const message = buildMessage(Date.now(), {
      direction: 'outbound',
      text,
      delivery: { state: 'queued', error: null, canRetry: false, canDiscard: true },
    });
    conversation.items = [...conversation.items, message];
    touch(conversation, {
      closed: false,
      handler: 'human',
      lastInteractionAt: Date.now(),
      lastMessageDirection: 'outbound',
    });
    if (state.sync.phase === 'live') {
      ['sent', 'delivered', 'read'].forEach((step, index) =>
        setTimeout(
          () =>
            replaceItem(conversation, message.messageId, {
              delivery: { state: step, error: null, canRetry: false, canDiscard: false },
            }),
          400 * (index + 1),
        ),
      );
    }
    return message.messageId;
  }

  /** What a patient writes, for trying out what arrives. */
  function receive(conversationId: string, text: string): void {
    const conversation = find(conversationId);
    const sentAt = Date.now();
    conversation.items = [...conversation.items, buildMessage(sentAt, { text })];
    touch(conversation, {
      lastInboundSentAt: sentAt,
      windowExpiresAt: sentAt + 86_400_000,
      lastInteractionAt: sentAt,
      lastMessageDirection: 'inbound',
      unread: conversation.row.facts.unread + 1,
    });
  }

  const refuse = (error: CallError) => ({ ok: false, error }) as const;
  const give = (data: unknown) => ({ ok: true, data }) as const;

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double for every call at once */
  function answer(name: CallName, input: any): unknown {
    switch (name) {
      case 'app.state':
        return give(state);
      case 'session.signIn':
      case 'session.signInDemo':
        if (signInError) return refuse(signInError);
        setState({ phase: 'ready', session: seedAppState(now).session });
        return give({});
      case 'session.signOut':
        if (state.sync.unsent > 0 && !input.discardUnsent)
          return refuse({ code: 'unsent_work', count: state.sync.unsent });
        setState({ phase: 'signedOut', session: null });
        return give({});
      case 'inbox.page': {
        const rows = rowsOf(input.query.filter);
        const start = input.before === null ? 0 : input.before.key;
        const page = rows.slice(start, start + input.limit);
        const end = start + page.length;
        const last = page.at(-1);
        return give({
          rows: page,
          next: last && end < rows.length ? { rank: 0, value: last.lastActivityAt, key: end } : null,
        });
      }
      case 'inbox.counts': {
        const filters = Object.fromEntries(
          CONVERSATION_FILTERS.map((filter) => {
            const rows = rowsOf(filter);
            return [
              filter,
              { total: rows.length, unread: rows.filter((row) => row.facts.unread > 0).length },
            ];
          }),
        );
        return give({
          filters,
          badge: 0,
          expiredUnanswered: rowsOf('expired').filter((row) => isUnanswered(row.facts)).length,
          assignedToMe: { total: 0, unread: 0 },
          unassigned: { total: 0, unread: 0 },
          teams: {},
          tags: {},
        });
      }
      case 'conversation.get':
        return conversations.has(input.conversationId)
          ? give(find(input.conversationId).detail)
          : refuse({ code: 'not_found' });
      case 'conversation.markRead':
        touch(find(input.conversationId), { unread: 0 });
        return give({});
      case 'thread.page': {
        const { items } = find(input.conversationId);
        const end =
          input.before === null
            ? items.length
            : items.findIndex((item) => item.ordinal === input.before.ordinal);
        const start = Math.max(0, end - input.limit);
        const first = items[start];
        return give({
          items: items.slice(start, end),
          before: start > 0 && first ? { sentAt: first.sentAt, ordinal: first.ordinal ?? 0 } : null,
          isComplete: true,
        });
      }
      case 'message.send':
        return give({ messageId: send(find(input.conversationId), input.text) });
      case 'message.retry':
        replaceItem(find(input.conversationId), input.messageId, {
          delivery: { state: 'sent', error: null, canRetry: false, canDiscard: false },
        });
        return give({});
      case 'message.discard':
        replaceItem(find(input.conversationId), input.messageId, null);
        return give({});
      case 'draft.save': {
        const conversation = find(input.conversationId);
        conversation.detail = { ...conversation.detail, draft: input.text };
        conversation.row = { ...conversation.row, hasDraft: input.text !== '' };
        changed(input.conversationId);
        return give({});
      }
      default:
        return refuse({ code: 'unknown_call' });
    }
  }

  const bridge = {
    call: async (name: CallName, input: unknown) => structuredClone(answer(name, input)),
    on(name: string, listener: Listener) {
      listeners[name]?.add(listener);
      return () => listeners[name]?.delete(listener);
    },
  } as unknown as Bridge;
  return { bridge, setState, receive };
}
