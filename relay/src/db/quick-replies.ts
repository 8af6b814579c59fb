import { isSameName, type Id, type OutgoingMedia } from '@recado/protocol';
import { recordChange } from '../feed/record.ts';
import type { Client } from './database.ts';

export interface QuickReplyRow {
  id: Id;
  shortcut: string;
  text: string;
  /** Whose it is alone; null for everybody's. */
  ownerAgentId: Id | null;
  media: OutgoingMedia | null;
}

export async function findQuickReply(client: Client, clinicId: Id, id: Id): Promise<QuickReplyRow | null> {
  const { rows } = await client.query<QuickReplyRow>(
    `select id, shortcut, text, owner_agent_id as "ownerAgentId", media
     from quick_replies where clinic_id = $1 and id = $2`,
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Whether everybody's quick replies, or those of `agentId`, hold another with a shortcut people would take for the same. */
export async function isShortcutTaken(
  client: Client,
  clinicId: Id,
  wanted: { id: Id; shortcut: string; agentId: Id },
): Promise<boolean> {
  const { rows } = await client.query<{ shortcut: string }>(
    `select shortcut from quick_replies
     where clinic_id = $1 and id <> $2 and (owner_agent_id is null or owner_agent_id = $3)`,
    [clinicId, wanted.id, wanted.agentId],
  );
  return rows.some(({ shortcut }) => isSameName(shortcut, wanted.shortcut));
}

/** Writes a quick reply, new or known, and puts it into the feed. Returns the change's number. */
export async function saveQuickReply(client: Client, clinicId: Id, reply: QuickReplyRow): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'quickReply', id: reply.id });
  await client.query(
    `insert into quick_replies (clinic_id, id, shortcut, text, owner_agent_id, media, version)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (clinic_id, id) do update
       set shortcut = excluded.shortcut, text = excluded.text, media = excluded.media, version = excluded.version`,
    [
      clinicId,
      reply.id,
      reply.shortcut,
      reply.text,
      reply.ownerAgentId,
      reply.media === null ? null : JSON.stringify(reply.media),
      version,
    ],
  );
  return version;
}

/** Returns the change's number. */
export async function deleteQuickReply(client: Client, clinicId: Id, id: Id): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'quickReply', id, op: 'del' });
  await client.query('delete from quick_replies where clinic_id = $1 and id = $2', [clinicId, id]);
  return version;
}
