import type { EntityName } from '@recado/protocol';

/** The view that writes each entity's wire JSON: columns `clinic_id`, `id`, `version`, `data`. */
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

/** One change as its JSON text. */
export interface ChangeText {
  seq: number;
  json: string;
}

export function changeText(
  seq: number,
  entity: string,
  id: string,
  op: 'put' | 'del',
  data: string | null,
): ChangeText {
  const start = `{"seq":${seq},"entity":"${entity}","id":"${id}","op":"${op}"`;
  return { seq, json: data === null ? `${start}}` : `${start},"data":${data}}` };
}
