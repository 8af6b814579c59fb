import type { EntityName } from '@recado/protocol';

/**
 * The view that writes each entity's wire JSON: columns `clinic_id`, `id`, `version`, `data`. PostgreSQL writes it and
 * the relay only passes it on: a snapshot of a million messages never becomes a million JavaScript objects.
 */
export const WIRE_VIEWS: Record<EntityName, string> = {
  clinic: 'wire_clinic',
  agent: 'wire_agent',
  team: 'wire_team',
  patient: 'wire_patient',
  appointment: 'wire_appointment',
  tag: 'wire_tag',
  conversation: 'wire_conversation',
  message: 'wire_message',
  template: 'wire_template',
  quickReply: 'wire_quick_reply',
};

/** SQL for one NDJSON line of a row of `alias`, a wire view. */
export function lineSql(entity: EntityName, alias: string): string {
  return `'{"type":"change","seq":' || ${alias}.version || ',"entity":"${entity}","id":"' || ${alias}.id
    || '","op":"put","data":' || ${alias}.data::text || E'}\\n'`;
}

/** SQL condition on a row of `alias`, a wire view of an entity, for what the agent in `parameter` may see. */
export function visibleSql(entity: EntityName, alias: string, parameter: string): string {
  return entity === 'quickReply'
    ? `(${alias}.visible_to is null or ${alias}.visible_to = ${parameter})`
    : 'true';
}

/** One change as its JSON text. */
export interface ChangeText {
  seq: number;
  json: string;
  /** The one agent it may be told; null for everybody of the clinic. */
  visibleTo: string | null;
}

export function changeText(change: {
  seq: number;
  entity: string;
  id: string;
  op: 'put' | 'del';
  data: string | null;
  visibleTo: string | null;
}): ChangeText {
  const { seq, entity, id, op, data, visibleTo } = change;
  const start = `{"seq":${seq},"entity":"${entity}","id":"${id}","op":"${op}"`;
  return { seq, json: data === null ? `${start}}` : `${start},"data":${data}}`, visibleTo };
}

/** What of `changes` an agent may be told. That a private thing is gone is told to all: nobody knows whose it was. */
export function visibleChanges(changes: ChangeText[], agentId: string): ChangeText[] {
  return changes.filter(({ visibleTo }) => visibleTo === null || visibleTo === agentId);
}
