import { CONVERSATION_FILTERS, isUnanswered } from '@recado/protocol';
import type {
  AppState,
  Bridge,
  CallError,
  CallName,
  Directory,
  InboxQuery,
  InboxRow,
  PresenceView,
  ThreadItem,
} from '../../shared/contract/index.ts';
import { buildDraft, idOf } from './builders.ts';
import { createFakeAnswering } from './fake-answering.ts';
import { createFakePatients } from './fake-patients.ts';
import { seedDevices, seedNotifications, seedStorage, withAgent } from './fake-administration.ts';
import { changeBoth, deed } from './fake-deeds.ts';
import { countOf, rowsOf } from './fake-inbox.ts';
import { searchIn } from './fake-search.ts';
import { threadPage } from './fake-thread.ts';
import { AGENTS, buildConversation, buildMessage, type SeededConversation } from './seed-builders.ts';
import { seedAppState, seedConversations, seedDirectory } from './seed.ts';

export interface FakeOptions {
  now: number;
  /** Conversations besides the showcase. */
  count: number;
  state?: (state: AppState) => AppState;
  directory?: (directory: Directory) => Directory;
  /** Messages before those of the first conversation. */
  history?: number;
  /** What signing in answers; null is success. */
  signInError?: CallError | null;
}

type Listener = (payload: never) => void;

/** The contract in memory, for looking at the window without main. Messages move from queued to read by themselves. */
export function createFakeBridge(options: FakeOptions) {
  const { now, count, history = 0, state: change, signInError = null } = options;
  const { directory: changeDirectory = (directory: Directory) => directory } = options;
  const conversations = new Map<string, SeededConversation>(
    seedConversations(now, count, history).map((each) => [each.row.conversationId, each]),
  );
  const listeners: Record<string, Set<Listener>> = {
    changed: new Set(),
    state: new Set(),
    presence: new Set(),
    refused: new Set(),
    transfer: new Set(),
    openConversation: new Set(),
    sound: new Set(),
  };
  let directory: Directory = changeDirectory(seedDirectory());
  let devices = seedDevices(now);
  let storage = seedStorage(now);
  let notifications = seedNotifications();
  /** How to take back each action, and until when. */
  const undoable = new Map<string, { until: number; restore: () => void }>();
  let lastId = 0;
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

  const everything: InboxQuery = {
    filter: 'all',
    assigned: null,
    teamId: null,
    tagIds: [],
    unreadOnly: false,
    unansweredOnly: false,
    sort: 'newest',
  };
  const list = (query: Partial<InboxQuery>): InboxRow[] =>
    rowsOf(conversations.values(), { ...everything, ...query }, Date.now(), AGENTS.marta.id);
  const changedAll = (): void => emit('changed', { conversationIds: [], overflow: true, isLive: true });

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

  const patients = createFakePatients({ now, all: () => conversations.values(), changed });
  const answering = createFakeAnswering({
    now,
    find,
    touch,
    replaceItem,
    emit,
    changedAll,
    directory: () => directory,
    setDirectory: (next) => (directory = next),
    isLive: () => state.sync.phase === 'live',
    begin(phone, patientName) {
      const name = patientName === '' ? null : patientName;
      const conversation = buildConversation(9_000 + ++lastId, { name, phone, items: [] });
      conversation.row.lastActivityAt = Date.now();
      conversations.set(conversation.row.conversationId, conversation);
      changedAll();
      return conversation;
    },
  });

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

  /** What a colleague answers, for trying out two people on one patient. */
  function colleagueAnswers(conversationId: string, text: string): void {
    const conversation = find(conversationId);
    const author = { kind: 'agent', name: AGENTS.david.name, isMe: false };
    const message = buildMessage(Date.now(), { direction: 'outbound', text, author });
    conversation.items = [...conversation.items, message];
    touch(conversation, { lastInteractionAt: Date.now(), lastMessageDirection: 'outbound' });
  }

  function setPresence(others: PresenceView[]): void {
    state = { ...state, presence: others };
    emit('presence', { others });
  }

  /** The relay did not accept what was done (T34). */
  function refuseDeed(conversationId: string, commandType: string, code: string): void {
    emit('refused', {
      commandType,
      code,
      conversationId,
      displayName: find(conversationId).row.displayName,
    });
  }

  /** Received and expired together, which is what work there is. */
  const countWork = (part: Partial<InboxQuery>) =>
    countOf([...list({ ...part, filter: 'received' }), ...list({ ...part, filter: 'expired' })]);
  const isTaken = (kind: 'tags' | 'teams', wanted: string, id: string | null): boolean =>
    directory[kind].some((each) => each.id !== id && each.name.toLowerCase() === wanted.toLowerCase());

  /** Names and colours everywhere as the directory has them now. */
  function refreshNames(): void {
    for (const each of conversations.values()) {
      const tags = each.row.tags.flatMap((tag) => directory.tags.find(({ id }) => id === tag.id) ?? []);
      const teams = each.detail.teams.flatMap(
        (team) => directory.teams.find(({ id }) => id === team.id) ?? [],
      );
      Object.assign(each, changeBoth(each, { tags, teams }));
    }
    changedAll();
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double of a call */
  function act({ target, action, confirmed }: any): unknown {
    const ids: string[] = target.conversationIds ?? list(target.query).map((row) => row.conversationId);
    const before = ids.map((id) => ({ ...find(id) }));
    const [only] = before;
    if (action.type === 'close' && ids.length === 1 && !confirmed && (only?.row.facts.unread ?? 0) > 0) {
      return refuse({ code: 'unseen_messages', count: only?.row.facts.unread ?? 1 });
    }
    for (const id of ids) Object.assign(find(id), deed(find(id), action, directory));
    const announce = (): void =>
      ids.length > 200
        ? changedAll()
        : emit('changed', { conversationIds: ids, overflow: false, isLive: true });
    const actionId = idOf(4, ++lastId);
    undoable.set(actionId, {
      until: Date.now() + 10_000,
      restore() {
        for (const each of before) Object.assign(find(each.row.conversationId), each);
        announce();
      },
    });
    announce();
    if (ids.length > 1 && state.sync.phase === 'live') {
      [1, 0.6, 0.25, 0].forEach((part, index) =>
        setTimeout(
          () => setState({ sync: { ...state.sync, unsent: Math.round(ids.length * part) } }),
          index * 500,
        ),
      );
    }
    return give({ actionId, count: ids.length });
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double for every call at once */
  function answer(name: CallName, input: any): unknown {
    switch (name) {
      case 'app.state':
        return give(state);
      case 'session.signIn':
      case 'session.signInDemo':
      case 'session.redeem':
        if (signInError) return refuse(signInError);
        setState({ phase: 'ready', session: seedAppState(now).session });
        return give({});
      case 'store.recover':
        setState({
          phase: 'ready',
          storeFailure: null,
          ...(input.way === 'rebuild' ? { notice: 'storeRebuilt' } : {}),
        });
        return give({});
      case 'session.signOut':
        if (state.sync.unsent > 0 && !input.discardUnsent)
          return refuse({ code: 'unsent_work', count: state.sync.unsent });
        setState({ phase: 'signedOut', session: null });
        return give({});
      case 'inbox.page': {
        const rows = list(input.query);
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
            return [filter, countOf(list({ filter }))];
          }),
        );
        return give({
          filters,
          badge: 0,
          expiredUnanswered: list({ filter: 'expired' }).filter((row) => isUnanswered(row.facts)).length,
          botSilent: list({ filter: 'bot', unansweredOnly: true }).length,
          assignedToMe: countWork({ assigned: 'me' }),
          unassigned: countWork({ assigned: 'nobody' }),
          teams: Object.fromEntries(directory.teams.map(({ id }) => [id, countWork({ teamId: id })])),
          tags: Object.fromEntries(directory.tags.map(({ id }) => [id, countWork({ tagIds: [id] })])),
        });
      }
      case 'inbox.match':
        return give({ count: list(input.query).length });
      case 'directory.get':
        return give(directory);
      case 'conversation.act':
        return act(input);
      case 'action.undo': {
        const undo = undoable.get(input.actionId);
        if (!undo || undo.until < Date.now()) return refuse({ code: 'undo_too_late' });
        undoable.delete(input.actionId);
        undo.restore();
        return give({});
      }
      case 'note.add': {
        const conversation = find(input.conversationId);
        const note = buildMessage(Date.now(), {
          direction: 'internal',
          kind: 'note',
          text: input.text,
          content: { mentionedAgentIds: input.mentionedAgentIds },
          author: { kind: 'agent', name: AGENTS.marta.name, isMe: true },
        });
        conversation.items = [...conversation.items, note];
        touch(conversation, {});
        return give({ messageId: note.messageId });
      }
      case 'presence.set':
        return give({});
      case 'tag.create':
      case 'team.create': {
        const kind = name === 'tag.create' ? 'tags' : 'teams';
        if (isTaken(kind, input.name, null)) return refuse({ code: 'name_taken' });
        const id = idOf(kind === 'tags' ? 9 : 5, 100 + ++lastId);
        directory = { ...directory, [kind]: [...directory[kind], { id, ...input }] };
        changedAll();
        return give(kind === 'tags' ? { tagId: id } : { teamId: id });
      }
      case 'tag.update':
      case 'team.update': {
        const kind = name === 'tag.update' ? 'tags' : 'teams';
        const { tagId, teamId, ...change } = input;
        const id = tagId ?? teamId;
        if (change.name !== undefined && isTaken(kind, change.name, id))
          return refuse({ code: 'name_taken' });
        const changedOnes = directory[kind].map((each) => (each.id === id ? { ...each, ...change } : each));
        directory = { ...directory, [kind]: changedOnes };
        refreshNames();
        return give({});
      }
      case 'tag.merge':
      case 'tag.delete': {
        const into = directory.tags.find((tag) => tag.id === input.intoTagId);
        for (const each of conversations.values()) {
          if (!each.row.tags.some((tag) => tag.id === input.tagId)) continue;
          const rest = each.row.tags.filter((tag) => tag.id !== input.tagId && tag.id !== into?.id);
          Object.assign(each, changeBoth(each, { tags: into ? [...rest, into] : rest }));
        }
        directory = { ...directory, tags: directory.tags.filter((tag) => tag.id !== input.tagId) };
        changedAll();
        return give({});
      }
      case 'team.delete':
        directory = { ...directory, teams: directory.teams.filter((team) => team.id !== input.teamId) };
        refreshNames();
        return give({});
      case 'clinic.updateSettings':
        directory = { ...directory, settings: { ...directory.settings, ...input.settings } };
        changedAll();
        return give({});
      case 'conversation.get':
        return conversations.has(input.conversationId)
          ? give(find(input.conversationId).detail)
          : refuse({ code: 'not_found' });
      case 'conversation.markRead':
        touch(find(input.conversationId), { unread: 0 });
        return give({});
      case 'thread.page': {
        const answer = threadPage(find(input.conversationId).items, input);
        return answer === null ? refuse({ code: 'not_found' }) : give(answer);
      }
      case 'message.send': {
        const { items } = find(input.conversationId);
        const answer = items.findLast((item) => item.direction === 'outbound' && !item.author.isMe);
        if ((input.basedOnOrdinal ?? null) !== null && (answer?.ordinal ?? 0) > input.basedOnOrdinal) {
          return refuse({
            code: 'answered_meanwhile',
            answer: { authorName: answer?.author.name ?? null, text: answer?.text ?? null },
          });
        }
        return answering(name, input);
      }
      case 'agent.invite':
      case 'agent.renewAccess': {
        const agentId = input.agentId ?? idOf(8, 100 + ++lastId);
        if (directory.agents.some((agent) => agent.email === input.email && agent.id !== agentId))
          return refuse({ code: 'email_taken' });
        if (name === 'agent.invite') {
          const agent = { ...input, id: agentId, active: true, isMe: false, invited: true };
          directory = { ...directory, agents: [...directory.agents, agent] };
        }
        changedAll();
        return give({ agentId, accessCode: 'K7MQ-4TRX-9HDW', expiresAt: Date.now() + 3 * 86_400_000 });
      }
      case 'agent.update': {
        const { agentId, ...part } = input;
        directory = withAgent(directory, agentId, part);
        changedAll();
        return give({});
      }
      case 'device.list':
        return give({ devices });
      case 'device.revoke':
        devices = devices.map((each) => (each.id === input.deviceId ? { ...each, active: false } : each));
        return give({});
      case 'storage.get':
        return give(storage);
      case 'storage.setKeepMonths':
        storage = { ...storage, keepMonths: input.months };
        return give({});
      case 'notifications.get':
        return give(notifications);
      case 'notifications.set':
        notifications = {
          ...notifications,
          settings: { ...notifications.settings, ...input.settings },
          startsAtLogin: input.startsAtLogin ?? notifications.startsAtLogin,
        };
        return give(notifications);
      case 'notifications.test':
        if (notifications.settings.sound !== null)
          emit('sound', { sound: notifications.settings.sound, volume: notifications.settings.volume });
        return give({});
      case 'store.check':
        setState({ sync: { ...state.sync, check: { at: Date.now(), result: 'equal' } } });
        return give({});
      case 'search.run':
        return give(
          searchIn(
            conversations.values(),
            directory,
            { conversationId: null, ...input },
            state.sync.isHistoryComplete,
          ),
        );
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
        conversation.detail = { ...conversation.detail, draft: { ...buildDraft(), ...input } };
        conversation.row = { ...conversation.row, hasDraft: input.text !== '' || input.files.length > 0 };
        changed(input.conversationId);
        return give({});
      }
      default:
        return patients(name, input) ?? answering(name, input) ?? refuse({ code: 'unknown_call' });
    }
  }

  const bridge = {
    call: async (name: CallName, input: unknown) => structuredClone(answer(name, input)),
    on(name: string, listener: Listener) {
      listeners[name]?.add(listener);
      return () => listeners[name]?.delete(listener);
    },
  } as unknown as Bridge;
  return { bridge, setState, receive, colleagueAnswers, setPresence, refuseDeed };
}
