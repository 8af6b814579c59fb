import { findConversationOf } from '../../db/conversations.ts';
import { insertSystemLine } from '../../db/messages.ts';
import { isDeepStrictEqual } from 'node:util';
import { removeTemplate, saveTemplate, templatesAreStale, templatesOf } from '../../templates/templates.ts';
import type { InboundItem, ItemOf } from '../inbound/items.ts';
import type { Effect } from './effects.ts';
import { takeHeldItems } from './held.ts';
import { applyEcho, applyEdit, applyMessage, applyReaction, applyRevoke } from './messages.ts';
import { changeIdentity, findPatient } from './patients.ts';
import type { ApplyScope } from './scope.ts';
import { applyStatus } from './statuses.ts';

async function applyIdentity(scope: ApplyScope, item: ItemOf<'identity'>): Promise<Effect> {
  const { client, clinicId, numberId, now } = scope;
  const patientId = await changeIdentity(client, clinicId, { ...item, at: now });
  if (patientId === null) return { kind: 'system', event: item.event, outcome: 'unknown' };
  const conversation = await findConversationOf(client, clinicId, { patientId, numberId });
  if (conversation) {
    await insertSystemLine(client, {
      clinicId,
      conversationId: conversation.id,
      numberId,
      event: {
        code: item.event === 'user_changed_user_id' ? 'user_changed_user_id' : 'user_changed_number',
      },
      at: Math.min(item.at ?? now, now),
    });
  }
  return { kind: 'system', event: item.event, outcome: 'applied' };
}

async function applyPreference(scope: ApplyScope, item: ItemOf<'preference'>): Promise<Effect> {
  const patientId = await findPatient(scope.client, scope.clinicId, item.person);
  if (patientId !== null) {
    await scope.client.query(
      'update patients set marketing_preference = $3 where clinic_id = $1 and id = $2',
      [scope.clinicId, patientId, item.value],
    );
  }
  return {
    kind: 'system',
    event: 'user_preferences',
    value: item.value,
    outcome: patientId === null ? 'unknown' : 'applied',
  };
}

/** What a webhook says of a template is true at once; the rest of it is read from Meta soon after. */
async function applyTemplate(scope: ApplyScope, item: ItemOf<'template'>): Promise<Effect> {
  const { client, clinicId, now } = scope;
  const wabaId = item.route.wabaId ?? '';
  const concerned = (await templatesOf(client, clinicId, wabaId)).filter(
    ({ name, language }) => name === item.name && (item.language === null || language === item.language),
  );
  let changed = 0;
  for (const template of concerned) {
    if (item.status === 'DELETED') {
      await removeTemplate(client, clinicId, template.id);
      changed += 1;
      continue;
    }
    const next = {
      ...template,
      status: item.status ?? template.status,
      category: item.category ?? template.category,
      quality: item.quality ?? template.quality,
      rejectionReason: item.status === null ? template.rejectionReason : reasonAfter(item),
    };
    if (isDeepStrictEqual(next, template)) continue;
    await saveTemplate(client, clinicId, next);
    changed += 1;
  }
  await templatesAreStale(client, clinicId, { wabaId }, now);
  return {
    kind: 'template',
    event: item.event,
    name: item.name,
    language: item.language,
    outcome: changed > 0 ? 'applied' : 'unchanged',
  };
}

/** An approved template has no reason for anything any more. */
function reasonAfter({ status, reason }: ItemOf<'template'>): string | null {
  return status === 'APPROVED' || status === 'PENDING' ? null : reason;
}

/** An effect of something that concerns no clinic, or null. */
export function effectWithoutClinic(item: InboundItem): Effect | null {
  if (item.type !== 'ignored' && item.type !== 'quarantined') return null;
  return {
    kind: item.type,
    reason: item.reason,
    ...(item.field === null ? {} : { field: item.field }),
  };
}

/** Lets one item of a webhook take effect, and then whatever was waiting for the message it brought. */
export async function applyItem(scope: ApplyScope, item: InboundItem): Promise<Effect> {
  switch (item.type) {
    case 'message': {
      const effect = await applyMessage(scope, item);
      await releaseHeld(scope, item.wamid);
      return effect;
    }
    case 'echo': {
      const effect = await applyEcho(scope, item);
      await releaseHeld(scope, item.wamid);
      return effect;
    }
    case 'reaction':
      return applyReaction(scope, item);
    case 'status': {
      const effect = await applyStatus(scope, item);
      // A status that named our own id has told us WhatsApp's: others may have been waiting for it.
      if (effect.kind === 'status' && effect.outcome === 'applied') await releaseHeld(scope, item.wamid);
      return effect;
    }
    case 'edit':
      return applyEdit(scope, item);
    case 'revoke':
      return applyRevoke(scope, item);
    case 'identity':
      return applyIdentity(scope, item);
    case 'preference':
      return applyPreference(scope, item);
    case 'template':
      return applyTemplate(scope, item);
    case 'notice':
      return {
        kind: 'system',
        event: item.event,
        outcome: 'unknown',
        ...(item.code === null ? {} : { code: item.code }),
      };
    case 'ignored':
    case 'quarantined':
      return effectWithoutClinic(item) ?? { kind: 'ignored', reason: item.reason };
  }
}

/** Applies what came before the message it speaks of. Needs the message to be there under this id. */
export async function releaseHeld(scope: ApplyScope, wamid: string): Promise<void> {
  for (const item of await takeHeldItems(scope, wamid)) await applyItem(scope, item);
}
