import { Id, MESSAGE_STATUSES, nextMessageStatus, type MessageStatus } from '@recado/protocol';
import { findMessage, findMessageByWamid, type MessageRow } from '../../db/messages.ts';
import type { ItemOf } from '../inbound/items.ts';
import type { Effect } from './effects.ts';
import { holdItem } from './held.ts';
import { reactionTarget, revertReaction } from '../reactions.ts';
import { acceptMessage, failMessage, moveMessage } from './outgoing.ts';
import type { ApplyScope } from './scope.ts';

/** The message a status speaks of: by WhatsApp's id, or by ours while WhatsApp's is not known yet. */
async function findTarget(scope: ApplyScope, item: ItemOf<'status'>): Promise<MessageRow | null> {
  const { client, clinicId, numberId } = scope;
  const byWamid = await findMessageByWamid(client, clinicId, { numberId, wamid: item.wamid });
  if (byWamid) return byWamid;
  const ownId = Id.safeParse(item.callbackData);
  if (!ownId.success) return null;
  const byOwnId = await findMessage(client, clinicId, ownId.data);
  if (byOwnId?.direction !== 'outbound' || byOwnId.numberId !== numberId) return null;
  // The failure of an earlier attempt, told once more, says nothing about the attempt a person asked for since.
  const { rowCount } = await client.query(
    `select from outbound_attempts
     where clinic_id = $1 and message_id = $2 and wamid = $3 and outcome = 'refused'`,
    [clinicId, byOwnId.id, item.wamid],
  );
  return rowCount ? null : byOwnId;
}

const isKnown = (status: string): status is MessageStatus =>
  (MESSAGE_STATUSES as readonly string[]).includes(status);

/** A status only climbs: the same one again, or an older one that comes late, changes nothing. */
export async function applyStatus(scope: ApplyScope, item: ItemOf<'status'>): Promise<Effect> {
  const effect = (outcome: 'applied' | 'unchanged' | 'held' | 'unknown'): Effect => ({
    kind: 'status',
    status: item.status,
    outcome,
    ...(item.error ? { code: item.error.code } : {}),
  });
  if (!isKnown(item.status)) return effect('unknown');
  const reactedTo = Id.safeParse(reactionTarget(item.callbackData));
  if (reactedTo.success) {
    if (item.status !== 'failed') return effect('unchanged');
    const refusal = { messageId: reactedTo.data, code: item.error?.code ?? 'unknown', now: scope.now };
    return effect((await revertReaction(scope.client, scope.clinicId, refusal)) ? 'applied' : 'unknown');
  }
  const message = await findTarget(scope, item);
  if (!message) {
    await holdItem(scope, item.wamid, item);
    return effect('held');
  }
  if (message.direction !== 'outbound') return effect('unknown');

  const current = message.status ?? 'queued';
  // A second attempt has the same message under another id; the first one to be heard of stays.
  const isNews = message.wamid === null || message.wamid === item.wamid;
  if (item.status === 'failed') {
    if (nextMessageStatus(current, 'failed') === current || !isNews) return effect('unchanged');
    await failMessage(scope, message, {
      code: item.error?.code ?? 'unknown',
      title: item.error?.title ?? null,
      wamid: item.wamid,
    });
    return effect('applied');
  }
  if (message.acceptedAt === null) {
    const at = Math.min(item.at ?? scope.now, scope.now);
    await acceptMessage(scope, message, { wamid: item.wamid, at, status: item.status });
    return effect('applied');
  }
  const next = nextMessageStatus(current, item.status);
  if (next === current) return effect('unchanged');
  await moveMessage(scope, message, { status: next, errorCode: null, errorTitle: null });
  return effect('applied');
}
