/** What is true after a run: of the relay, of the PC, and of what reached WhatsApp. */
import { conversationFilter, toEpoch, type Conversation, type Id, type Message } from '@recado/protocol';
import type { InboxRow, ThreadItem } from '../src/shared/contract/index.ts';
import { factsOf } from '../relay/sandbox/testing/inbox.ts';
import type { CoreProcess } from './core-process.ts';
import type { RunJournal } from './perform.ts';
import type { ChaosWorld } from './world.ts';

export interface Verdict {
  sent: number;
  lost: number;
  duplicated: number;
  outOfOrder: number;
  failedVisibly: number;
  /** Where PC and relay say different things, in ids and field names; empty when they agree. */
  differences: string[];
}

const ARRIVED = new Set(['sent', 'delivered', 'read', 'played']);

interface RelayTruth {
  conversations: Conversation[];
  messages: Message[];
  isAtRest: boolean;
}

async function readRelay({ database, clinicId }: ChaosWorld, conversationIds: Id[]): Promise<RelayTruth> {
  const waiting = await database.asSystem((client) =>
    client.query<{ count: number }>(`select count(*) as count from webhook_events where state = 'received'`),
  );
  return database.inClinic(clinicId, async (client) => {
    const conversations = await client.query<{ data: Conversation }>(
      'select data::json as data from wire_conversation where clinic_id = $1',
      [clinicId],
    );
    const messages = await client.query<{ data: Message }>(
      'select data::json as data from wire_message where clinic_id = $1 and conversation_id = any($2)',
      [clinicId, conversationIds],
    );
    const held = messages.rows.map(({ data }) => data);
    return {
      conversations: conversations.rows.map(({ data }) => data),
      messages: held,
      isAtRest:
        waiting.rows[0]?.count === 0 &&
        held.every(({ status }) => status !== 'queued' && status !== 'unknown'),
    };
  });
}

const byPlace = (one: Message, other: Message) =>
  toEpoch(one.sentAt) - toEpoch(other.sentAt) || one.ordinal - other.ordinal;

/** Keys of `wanted` whose value in `found` is another. */
function unequal(wanted: Record<string, unknown>, found: Record<string, unknown>): string[] {
  return Object.keys(wanted).filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]));
}

const viewOfMessage = ({ id, ordinal, direction, kind, text, sentAt, status }: Message) => ({
  ...{ messageId: id, ordinal, direction, kind, text, sentAt: toEpoch(sentAt), state: status ?? null },
});
const viewOfItem = ({ delivery, ...item }: ThreadItem) => ({ ...item, state: delivery?.state ?? null });

function compareThread(messages: Message[], items: ThreadItem[]): string[] {
  const held = items.filter((item) => item.ordinal !== null);
  const wanted = messages.sort(byPlace);
  if (held.length !== wanted.length) return [`${held.length} messages instead of ${wanted.length}`];
  return wanted.flatMap((message, index) => {
    const fields = unequal(viewOfMessage(message), viewOfItem(held[index]!) as Record<string, unknown>);
    return fields.length === 0 ? [] : [`message ${message.id}: ${fields.join(', ')}`];
  });
}

function compareRow(conversation: Conversation, row: InboxRow): string[] {
  const { lastMessage } = conversation;
  const wanted = {
    facts: factsOf(conversation),
    pinned: conversation.pinned,
    snoozedUntil: toEpoch(conversation.snoozedUntil),
    lastActivityAt: toEpoch(conversation.lastActivityAt),
    assignees: [...conversation.assigneeIds].sort(),
    lastText: lastMessage?.text ?? null,
    lastState: lastMessage?.status ?? null,
  };
  const found = {
    ...row,
    assignees: row.assignees.map(({ id }) => id).sort(),
    lastText: row.lastMessage?.text ?? null,
    lastState: row.lastMessage?.deliveryState ?? null,
  };
  return unequal(wanted, found).map((field) => `row ${conversation.id}: ${field}`);
}

function countsOf(
  conversations: Conversation[],
  now: number,
): Record<string, { total: number; unread: number }> {
  const counts: Record<string, { total: number; unread: number }> = {};
  for (const filter of ['received', 'bot', 'expired', 'closed', 'spam'])
    counts[filter] = { total: 0, unread: 0 };
  for (const conversation of conversations) {
    const count = counts[conversationFilter(factsOf(conversation as never), now)]!;
    count.total += 1;
    if (conversation.unread > 0) count.unread += 1;
  }
  return counts;
}

/** All rows of the PC. */
async function readRows(core: CoreProcess): Promise<InboxRow[] | null> {
  const rows: InboxRow[] = [];
  for (let before = null; ;) {
    const reply = await core.call('inbox.page', {
      query: {
        ...{ filter: 'all', assigned: null, teamId: null, tagIds: [], unreadOnly: false },
        ...{ unansweredOnly: false, sort: 'newest' },
      },
      before,
      limit: 200,
    });
    if (!reply?.ok) return null;
    rows.push(...reply.data.rows);
    if (reply.data.next === null) return rows;
    before = reply.data.next as never;
  }
}

interface Look {
  differences: string[];
  items: Map<Id, ThreadItem[]>;
  messages: Message[];
}

/** One look at both; null while something is still on its way, or when the app does not answer. */
async function look(
  world: ChaosWorld,
  core: CoreProcess,
  journal: RunJournal,
  isLast: boolean,
): Promise<Look | null> {
  const sync = core.state()?.sync;
  const differences: string[] = [];
  if (sync?.phase !== 'live') differences.push(`the app is ${sync?.phase ?? 'silent'}`);
  if (sync !== undefined && sync.unsent > 0) differences.push(`${sync.unsent} unsent`);
  if (differences.length > 0 && !isLast) return null;
  const truth = await readRelay(world, journal.conversationIds);
  if (!truth.isAtRest) differences.push('the relay has work left');
  if (differences.length > 0 && !isLast) return null;
  const rows = await readRows(core);
  const counts = await core.call('inbox.counts', {});
  if (rows === null || !counts?.ok) return null;
  const items = new Map<Id, ThreadItem[]>();
  const rowOf = new Map(rows.map((row) => [row.conversationId, row]));
  if (rows.length !== truth.conversations.length)
    differences.push(`${rows.length} conversations instead of ${truth.conversations.length}`);
  for (const conversation of truth.conversations) {
    const row = rowOf.get(conversation.id);
    if (row === undefined) differences.push(`no row ${conversation.id}`);
    else differences.push(...compareRow(conversation, row));
  }
  for (const conversationId of journal.conversationIds) {
    const reply = await core.call('thread.page', { conversationId, before: null, limit: 200 });
    if (!reply?.ok) return null;
    items.set(conversationId, reply.data.items);
    const messages = truth.messages.filter((message) => message.conversationId === conversationId);
    differences.push(...compareThread(messages, reply.data.items));
  }
  const wanted = countsOf(truth.conversations, world.clock.now());
  differences.push(...unequal(wanted, counts.data.filters).map((filter) => `counts of ${filter}`));
  return { differences, items, messages: truth.messages };
}

/** How often each text of a run reached WhatsApp, in the order it got there. */
function acceptedTexts({ sandbox }: ChaosWorld): string[] {
  return sandbox
    .requests()
    .map(({ body }) => body as { type?: string; text?: { body: string } })
    .flatMap(({ type, text }) => (type === 'text' && text ? [text.body] : []));
}

function judge(world: ChaosWorld, journal: RunJournal, seen: Look): Verdict {
  const verdict: Verdict = {
    ...{ sent: 0, lost: 0, duplicated: 0, outOfOrder: 0, failedVisibly: 0 },
    differences: [...seen.differences],
  };
  // The app compares itself with the relay, too: at the same place of the feed nothing may ever differ.
  verdict.differences.push(...journal.log.filter((line) => line.includes('app check.differs')));
  const accepted = acceptedTexts(world);
  const places = new Map(accepted.map((text, place) => [text, place]));
  for (const [number, entry] of journal.sent.entries()) {
    const times = accepted.filter((text) => text === entry.text).length;
    const shown = seen.items.get(entry.conversationId)?.filter(({ text }) => text === entry.text) ?? [];
    if (times > 1) {
      verdict.duplicated += times - 1;
      verdict.differences.push(`send ${number} reached WhatsApp ${times} times`);
    }
    if (shown.length > 1) verdict.differences.push(`send ${number} is shown ${shown.length} times`);
    if (entry.isTaken === false && times > 0)
      verdict.differences.push(`send ${number} was refused and left all the same`);
    if (entry.isTaken !== true) continue;
    verdict.sent += 1;
    const [item] = shown;
    const hasFailed = item !== undefined && !ARRIVED.has(item.delivery?.state ?? '');
    if (hasFailed) verdict.failedVisibly += 1;
    if (item === undefined || (times === 0 && !hasFailed)) {
      verdict.lost += 1;
      verdict.differences.push(`send ${number} is ${item === undefined ? 'not shown' : 'not at WhatsApp'}`);
    }
  }
  for (const [number, text] of journal.received.entries()) {
    const times = seen.messages.filter((message) => message.text === text).length;
    if (times === 1) continue;
    if (times === 0) verdict.lost += 1;
    else verdict.duplicated += times - 1;
    verdict.differences.push(`message ${number} of a patient is held ${times} times`);
  }
  for (const one of journal.sent) {
    for (const other of journal.sent) {
      const isBefore =
        one.conversationId === other.conversationId && (one.takenAt ?? Infinity) < other.askedAt;
      if (isBefore && (places.get(one.text) ?? -1) > (places.get(other.text) ?? Infinity))
        verdict.outOfOrder += 1;
    }
  }
  return verdict;
}

/** Waits until nothing is on its way any more and PC and relay agree, or gives up and says where they do not. */
export async function settle(world: ChaosWorld, journal: RunJournal, withinMs: number): Promise<Verdict> {
  const core = world.core();
  if (core === null) throw new Error('nothing settles without an app');
  let isIdle = false;
  void world.sandbox.idle().then(() => (isIdle = true));
  const seen = await core
    .until(
      'rest',
      async () => {
        if (!isIdle) return null;
        const now = await look(world, core, journal, false);
        return now?.differences.length === 0 ? now : null;
      },
      withinMs,
    )
    .catch(() => look(world, core, journal, true));
  if (seen !== null && seen.differences.length === 0) await core.call('store.check', {});
  if (seen === null) throw new Error('the app does not answer');
  if (!isIdle) seen.differences.push('webhooks are still under way');
  return judge(world, journal, seen);
}
