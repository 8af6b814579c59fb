import { findConversationOf } from '../../db/conversations.ts';
import { insertSystemLine } from '../../db/messages.ts';
import { recordChange } from '../../feed/record.ts';
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

async function applyTemplate(scope: ApplyScope, item: ItemOf<'template'>): Promise<Effect> {
  const { client, clinicId } = scope;
  const { rows } = await client.query<{ id: string }>(
    `select id from templates
     where clinic_id = $1 and waba_id = $2 and name = $3 and ($4::text is null or language = $4)
       and (status <> coalesce($5, status) or category <> coalesce($6, category))`,
    [clinicId, item.route.wabaId, item.name, item.language, item.status, item.category],
  );
  for (const { id } of rows) {
    const version = await recordChange(client, { clinicId, entity: 'template', id });
    await client.query(
      `update templates set status = coalesce($3, status), category = coalesce($4, category), version = $5
       where clinic_id = $1 and id = $2`,
      [clinicId, id, item.status, item.category, version],
    );
  }
  return {
    kind: 'template',
    event: item.event,
    name: item.name,
    language: item.language,
    outcome: rows.length > 0 ? 'applied' : 'unchanged',
  };
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
