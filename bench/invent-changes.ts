/** The changes a relay would send for invented conversations, without a relay. */
import { toTimestamp, type Change, type Conversation, type Message } from '@recado/protocol';
import { createRandom } from '../relay/sandbox/random.ts';
import { inventConversations } from '../relay/sandbox/seed/generate-history.ts';
import {
  idAt,
  startHistory,
  tell,
  type HistoryEvent,
  type MessageRow,
} from '../relay/sandbox/seed/history.ts';
import type { ConversationHistory } from '../relay/sandbox/seed/write-history.ts';

const NUMBER = '100200300';
const AGENT_NAMES = ['Marta Ruiz', 'David León', 'Ana Sanz'];
const TAGS = ['Ortodoncia', 'Presupuesto', 'Urgente', 'Nuevo'];

interface Told {
  id: string;
  patientId: string;
  history: ConversationHistory;
  state: ReturnType<typeof startHistory>;
  rest: Iterator<HistoryEvent>;
  next: HistoryEvent;
  lastRow: MessageRow | null;
}

/** The earliest first (a binary heap). */
function createQueue() {
  const heap: Told[] = [];
  const at = (index: number) => heap[index]?.next.at ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  };
  const sink = () => {
    for (let parent = 0; ;) {
      const child = at(2 * parent + 1) <= at(2 * parent + 2) ? 2 * parent + 1 : 2 * parent + 2;
      if (at(child) >= at(parent)) return;
      swap(parent, child);
      parent = child;
    }
  };
  return {
    add(told: Told) {
      heap.push(told);
      for (let child = heap.length - 1; child > 0;) {
        const parent = (child - 1) >> 1;
        if (at(parent) <= at(child)) return;
        swap(parent, child);
        child = parent;
      }
    },
    first: () => heap[0],
    /** After the first has moved on, or has nothing more to tell. */
    settle(hasEnded: boolean) {
      if (hasEnded) {
        const last = heap.pop()!;
        if (heap.length > 0) heap[0] = last;
      }
      sink();
    },
  };
}

const timestamp = (at: number | null) => (at === null ? null : toTimestamp(at));

function messageOf(row: MessageRow, conversationId: string, ordinal: number): Message {
  const { id, direction, kind, text, content, author, status, error, reactions, replyTo, edits } = row;
  return {
    ...{ id, conversationId, ordinal, kind, text, content, author, status, error, reactions, replyTo, edits },
    direction: direction as Message['direction'],
    sentAt: toTimestamp(row.sentAt),
    receivedAt: toTimestamp(row.receivedAt),
    revokedAt: timestamp(row.revokedAt),
  } as Message;
}

function conversationOf({ id, patientId, history, state, lastRow }: Told): Conversation {
  const { facts } = state;
  return {
    id,
    patientId,
    numberId: NUMBER,
    spam: facts.spam,
    closed: facts.closed,
    handler: facts.handler,
    lastInboundSentAt: timestamp(facts.lastInboundSentAt),
    windowExpiresAt: timestamp(facts.windowExpiresAt),
    lastInteractionAt: timestamp(facts.lastInteractionAt),
    lastActivityAt: toTimestamp(state.lastActivityAt),
    lastMessageDirection: facts.lastMessageDirection,
    lastMessage:
      lastRow === null
        ? null
        : {
            id: lastRow.id,
            direction: lastRow.direction,
            kind: lastRow.kind,
            text: lastRow.text?.slice(0, 100) ?? null,
            author: lastRow.author,
            sentAt: toTimestamp(lastRow.sentAt),
            status: lastRow.status,
          },
    unread: facts.unread,
    pinned: false,
    blockState: 'none',
    snoozedUntil: null,
    tagIds: history.tagIds,
    assigneeIds: [],
    teamIds: [],
    participants: [],
  } as Conversation;
}

/**
 * All changes of an invented clinic, in batches of about `batch`: reference data, patients, messages in the order they
 * were written, conversations as they end. Feed numbers are ascending; messages have theirs as ordinal.
 */
export function* inventChanges(input: {
  conversations: number;
  messages: number;
  now: number;
  batch: number;
}): Generator<Change[]> {
  const { now, batch } = input;
  const random = createRandom('changes');
  let seq = 0;
  let changes: Change[] = [];
  const put = (entity: string, data: { id: string }, version = (seq += 1)): void => {
    changes.push({ seq: version, entity, id: data.id, op: 'put', data });
  };
  const take = (): Change[] => {
    const taken = changes;
    changes = [];
    return taken;
  };
  const id = (at: number) => idAt(at, random);

  const agents = AGENT_NAMES.map((name) => ({ id: id(now), name }));
  for (const agent of agents) put('agent', { ...agent, role: 'agent', active: true } as never);
  const tags = TAGS.map((name) => ({ id: id(now), name, color: '#336699' }));
  for (const tag of tags) put('tag', tag);

  const queue = createQueue();
  const told: Told[] = [];
  const histories = inventConversations({
    ...{ conversations: input.conversations, messages: input.messages, now, seed: 'changes' },
    agents: agents.length,
    tagIds: tags.map((tag) => tag.id),
  });
  for (const history of histories) {
    const rest = history.events[Symbol.iterator]();
    const first = rest.next();
    if (first.done) continue;
    const { at } = first.value;
    const one: Told = {
      ...{ id: id(at), patientId: id(at), history, rest, next: first.value, lastRow: null },
      state: startHistory(),
    };
    const { name, profileName, phone, userId, language } = history.patient;
    put('patient', {
      ...{ id: one.patientId, name, profileName, phone, whatsappUserId: userId, note: '' },
      language: language ?? null,
    } as never);
    for (const appointment of history.appointments)
      put('appointment', {
        ...{ ...appointment, id: id(at), patientId: one.patientId },
        startsAt: toTimestamp(appointment.startsAt),
      } as never);
    told.push(one);
    queue.add(one);
    if (changes.length >= batch) yield take();
  }
  yield take();

  for (let one = queue.first(); one !== undefined; one = queue.first()) {
    const row = tell(one.state, one.next, agents, random);
    if (row !== null) {
      seq += 1;
      put('message', messageOf(row, one.id, seq), seq);
      if (one.state.lastMessage?.id === row.id) one.lastRow = row;
    }
    const next = one.rest.next();
    if (!next.done) one.next = next.value;
    queue.settle(next.done === true);
    if (changes.length >= batch) yield take();
  }
  yield take();

  for (const one of told) {
    put('conversation', conversationOf(one));
    if (changes.length >= batch) yield take();
  }
  yield take();
}
