import { applyConversationEvent, toTimestamp, type Id } from '@recado/protocol';
import { answerPatient } from '../../bot/answer-patient.ts';
import {
  createConversation,
  findConversation,
  findConversationOf,
  saveConversation,
  withMessage,
} from '../../db/conversations.ts';
import {
  findMessageByWamid,
  insertMessage,
  insertSystemLine,
  updateMessage,
  type MessageRow,
} from '../../db/messages.ts';
import { announceFile } from '../../media/inbound-files.ts';
import type { ItemOf, Person } from '../inbound/items.ts';
import type { Effect } from './effects.ts';
import { holdItem } from './held.ts';
import { patientFor, phoneOf } from './patients.ts';
import type { ApplyScope } from './scope.ts';

/** WhatsApp's time, unless it is missing or ahead of ours: a patient's clock must not make a window longer. */
function sentAtOf(sentAt: number | null, { now }: ApplyScope): number {
  return Math.min(sentAt ?? now, now);
}

function describe(person: Person) {
  const phone = phoneOf(person) ?? person.whatsappIds[0];
  return {
    ...(person.profileName === null ? {} : { name: person.profileName }),
    ...(phone === undefined ? {} : { phone }),
    ...(person.userId === null ? {} : { userId: person.userId }),
  };
}

async function conversationFor(scope: ApplyScope, person: Person) {
  const { client, clinicId, numberId, now } = scope;
  const patientId = await patientFor(client, clinicId, person, now);
  return (
    (await findConversationOf(client, clinicId, { patientId, numberId })) ??
    (await createConversation(client, clinicId, { patientId, numberId, at: now }))
  );
}

async function replyTarget(scope: ApplyScope, wamid: string | null): Promise<Id | null> {
  if (wamid === null) return null;
  const target = await findMessageByWamid(scope.client, scope.clinicId, { numberId: scope.numberId, wamid });
  return target?.id ?? null;
}

async function isDuplicate({ client, clinicId, numberId }: ApplyScope, wamid: string): Promise<boolean> {
  return (await findMessageByWamid(client, clinicId, { numberId, wamid })) !== null;
}

/** A message of a patient: opens the conversation if need be, restarts the window, counts as unread, ends a snooze. */
export async function applyMessage(scope: ApplyScope, item: ItemOf<'message'>): Promise<Effect> {
  const { client, clinicId, numberId, now } = scope;
  const { kind, text, content } = item.body;
  if (await isDuplicate(scope, item.wamid)) return { kind: 'ignored', reason: 'duplicate', type: kind, text };
  const sentAt = sentAtOf(item.sentAt, scope);
  const conversation = await conversationFor(scope, item.sender);
  const changed = applyConversationEvent(conversation, { type: 'patientWrote', sentAt, receivedAt: now });
  if (conversation.closed && !changed.closed) {
    await insertSystemLine(client, {
      clinicId,
      conversationId: conversation.id,
      numberId,
      event: { code: 'reopened_by_patient' },
      at: sentAt,
    });
  }
  const replyTo = await replyTarget(scope, item.replyTo);
  const message = await insertMessage(client, {
    clinicId,
    conversationId: conversation.id,
    numberId,
    direction: 'inbound',
    kind,
    text,
    content,
    author: { kind: 'patient', agentId: null, name: null },
    sentAt,
    receivedAt: now,
    replyTo,
    wamid: item.wamid,
  });
  if (!message) return { kind: 'ignored', reason: 'duplicate', type: kind, text };
  await announceFile(scope, message.id, item.body.file);
  const received = {
    ...withMessage(changed, { id: message.id, sentAt, receivedAt: now }),
    snoozedUntil: null,
  };
  await saveConversation(client, received);
  await answerPatient(scope, received, { text, choice: content.choice ?? null, replyTo });
  return { kind: 'message', type: kind, text, sender: describe(item.sender), messageId: message.id };
}

/** A message typed on the clinic's own phone: shown as ours, read by us, without any say over the window. */
export async function applyEcho(scope: ApplyScope, item: ItemOf<'echo'>): Promise<Effect> {
  const { client, clinicId, numberId, now } = scope;
  const { kind, text, content } = item.body;
  if (await isDuplicate(scope, item.wamid)) return { kind: 'ignored', reason: 'duplicate', type: kind, text };
  const sentAt = sentAtOf(item.sentAt, scope);
  const conversation = await conversationFor(scope, item.recipient);
  const message = await insertMessage(client, {
    clinicId,
    conversationId: conversation.id,
    numberId,
    direction: 'outbound',
    kind,
    text,
    content,
    author: { kind: 'phone', agentId: null, name: null },
    sentAt,
    receivedAt: now,
    acceptedAt: sentAt,
    status: 'sent',
    replyTo: await replyTarget(scope, item.replyTo),
    wamid: item.wamid,
  });
  if (!message) return { kind: 'ignored', reason: 'duplicate', type: kind, text };
  await announceFile(scope, message.id, item.body.file);
  const accepted = applyConversationEvent(conversation, { type: 'staffMessageAccepted', acceptedAt: sentAt });
  const read = applyConversationEvent(accepted, { type: 'read', unread: 0 });
  await saveConversation(client, withMessage(read, { id: message.id, sentAt, receivedAt: now }));
  return { kind: 'echo', type: kind, text, sender: describe(item.recipient), messageId: message.id };
}

/** A row of the list shows its last message: when that changes, so does the row. */
async function refreshPreview({ client, clinicId }: ApplyScope, message: MessageRow): Promise<void> {
  const conversation = await findConversation(client, clinicId, message.conversationId);
  if (conversation?.lastMessageId === message.id) await saveConversation(client, conversation);
}

/** Sets or clears the patient's one reaction. Restarts the window; is no message and never unread (T6 to T8). */
export async function applyReaction(scope: ApplyScope, item: ItemOf<'reaction'>): Promise<Effect> {
  const { client, clinicId, numberId, now } = scope;
  const message = await findMessageByWamid(client, clinicId, { numberId, wamid: item.target });
  if (!message) {
    await holdItem(scope, item.target, item);
    return { kind: 'reaction', emoji: item.emoji, outcome: 'held' };
  }
  const sentAt = sentAtOf(item.sentAt, scope);
  const others = message.reactions.filter(({ by }) => by !== 'patient');
  const own = message.reactions.find(({ by }) => by === 'patient');
  if ((own?.emoji ?? null) === item.emoji) {
    return { kind: 'reaction', emoji: item.emoji, outcome: 'unchanged' };
  }
  await updateMessage(client, clinicId, message.id, {
    reactions:
      item.emoji === null
        ? others
        : [...others, { by: 'patient', emoji: item.emoji, at: toTimestamp(sentAt) }],
  });
  const conversation = await findConversation(client, clinicId, message.conversationId);
  // Taking a reaction away is not speaking.
  if (conversation && item.emoji !== null) {
    const changed = applyConversationEvent(conversation, {
      type: 'patientReacted',
      sentAt,
      receivedAt: now,
    });
    await saveConversation(client, { ...changed, lastActivityAt: Math.max(changed.lastActivityAt, now) });
  }
  return { kind: 'reaction', emoji: item.emoji, outcome: 'applied' };
}

/** New words for an old message; the old ones are kept beneath. No unread, no window (T38). */
export async function applyEdit(scope: ApplyScope, item: ItemOf<'edit'>): Promise<Effect> {
  const { client, clinicId, numberId } = scope;
  const { kind, text, content } = item.body;
  const message = await findMessageByWamid(client, clinicId, { numberId, wamid: item.target });
  if (!message) {
    await holdItem(scope, item.target, item);
    return { kind: 'edit', type: kind, text, outcome: 'held' };
  }
  if (message.text === text) return { kind: 'edit', type: kind, text, outcome: 'unchanged' };
  // A caption was corrected: the file is the one the relay has, or is fetching.
  const { media } = message.content;
  await updateMessage(client, clinicId, message.id, {
    text,
    content: { ...message.content, ...content, ...(media ? { media } : {}) },
    edits: [...message.edits, { text: message.text, at: toTimestamp(sentAtOf(item.at, scope)) }],
  });
  await refreshPreview(scope, message);
  return { kind: 'edit', type: kind, text, outcome: 'applied' };
}

/** Deleted for everyone: marked, and kept, since it may have been acted upon. */
export async function applyRevoke(scope: ApplyScope, item: ItemOf<'revoke'>): Promise<Effect> {
  const { client, clinicId, numberId } = scope;
  const message = await findMessageByWamid(client, clinicId, { numberId, wamid: item.target });
  if (!message) {
    await holdItem(scope, item.target, item);
    return { kind: 'revoke', outcome: 'held' };
  }
  if (message.revokedAt !== null) return { kind: 'revoke', outcome: 'unchanged' };
  await updateMessage(client, clinicId, message.id, { revokedAt: sentAtOf(item.at, scope) });
  await refreshPreview(scope, message);
  return { kind: 'revoke', outcome: 'applied' };
}
