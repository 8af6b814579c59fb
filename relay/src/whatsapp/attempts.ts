import { newId, toTimestamp, type Id } from '@recado/protocol';
import type { Client, Database } from '../db/database.ts';

/** One call to WhatsApp, written before it is made. Times are epoch milliseconds. */
export interface Attempt {
  id: Id;
  /** An upload may be repeated, a send may not. */
  kind: 'send' | 'upload';
  startedAt: number;
  endedAt: number | null;
  outcome: 'accepted' | 'refused' | 'retry' | 'unknown' | null;
  code: string | null;
}

export async function beginAttempt(
  client: Client,
  attempt: { clinicId: Id; conversationId: Id; messageId: Id; kind: Attempt['kind']; now: number },
): Promise<Id> {
  const id = newId();
  await client.query(
    `insert into outbound_attempts (id, clinic_id, conversation_id, message_id, started_at, kind)
     values ($1, $2, $3, $4, $5, $6)`,
    [id, attempt.clinicId, attempt.conversationId, attempt.messageId, toTimestamp(attempt.now), attempt.kind],
  );
  return id;
}

/** Notes how a call ended that settles nothing about its message. Only while nothing better is known. */
export async function endAttempt(
  client: Client,
  end: {
    clinicId: Id;
    id: Id;
    outcome: 'retry' | 'unknown' | 'accepted';
    code: string | null;
    now: number;
  },
): Promise<void> {
  await client.query(
    `update outbound_attempts set ended_at = $3, outcome = $4, code = $5
     where clinic_id = $1 and id = $2 and outcome is null`,
    [end.clinicId, end.id, toTimestamp(end.now), end.outcome, end.code],
  );
}

/** The attempts for a message since the last one that was refused for good, newest first. */
export async function attemptsOf(client: Client, clinicId: Id, messageId: Id): Promise<Attempt[]> {
  const { rows } = await client.query<Attempt>(
    `select id, kind, started_at as "startedAt", ended_at as "endedAt", outcome, code from outbound_attempts
     where clinic_id = $1 and message_id = $2 and id > coalesce((
       select id from outbound_attempts
       where clinic_id = $1 and message_id = $2 and outcome = 'refused' order by id desc limit 1),
       '00000000-0000-0000-0000-000000000000')
     order by id desc`,
    [clinicId, messageId],
  );
  return rows;
}

/** Conversations whose last call has had no answer since `before`: their delivery has to look again. */
export async function conversationsWithoutAnswer(
  database: Database,
  request: { openBefore: number; uploadingBefore: number; unknownBefore: number },
): Promise<{ clinicId: Id; conversationId: Id }[]> {
  const { rows } = await database.asSystem((client) =>
    client.query<{ clinicId: Id; conversationId: Id }>(
      `select distinct clinic_id as "clinicId", conversation_id as "conversationId" from outbound_attempts
       where (outcome is null and started_at < case kind when 'send' then $1::timestamptz else $3::timestamptz end)
         or (outcome = 'unknown' and ended_at < $2) limit 500`,
      [
        toTimestamp(request.openBefore),
        toTimestamp(request.unknownBefore),
        toTimestamp(request.uploadingBefore),
      ],
    ),
  );
  return rows;
}
