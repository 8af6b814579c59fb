import { DAY, newId, toTimestamp, type Id } from '@recado/protocol';
import { isDeepStrictEqual } from 'node:util';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import type { Client, Database } from '../db/database.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import { describeError, type Logger } from '../logger.ts';
import { openAccessToken } from '../whatsapp/access-token.ts';
import type { GraphTemplates, MetaTemplate } from './graph-templates.ts';
import { removeTemplate, saveTemplate, templatesOf, type TemplateRow } from './templates.ts';
import { repeat } from '../jobs/repeat.ts';

/** How often it is looked for numbers whose templates are to be read. */
const EVERY_MS = 2_000;
/** Webhooks tell what changes; this is for what they did not. */
const FRESH_MS = DAY;
/** Until a reading that failed, or whose process died, is tried again. */
const LEASE_MS = 5 * 60_000;

interface TemplateSyncDeps {
  database: Database;
  write: WriteToClinic;
  graph: GraphTemplates;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
}

interface Due {
  clinicId: Id;
  wabaId: string;
  token: Buffer;
}

const keyOf = ({ name, language }: { name: string; language: string }) => `${name} ${language}`;

/** With what Meta says of it; the clinic's own settings stay, and so does a reason only a webhook has told. */
function merged(row: TemplateRow, meta: MetaTemplate): TemplateRow {
  const told = row.status === meta.status && meta.status !== 'APPROVED' ? row.rejectionReason : null;
  return { ...row, ...meta, rejectionReason: meta.rejectionReason ?? told, headerMedia: null };
}

/** Writes what differs from what Meta has. Returns how many templates changed. */
export async function writeTemplates(
  client: Client,
  clinicId: Id,
  wabaId: string,
  templates: readonly MetaTemplate[],
): Promise<number> {
  const known = new Map((await templatesOf(client, clinicId, wabaId)).map((row) => [keyOf(row), row]));
  let changed = 0;
  for (const meta of templates) {
    const row = known.get(keyOf(meta));
    known.delete(keyOf(meta));
    if (row?.task) continue;
    const next: TemplateRow = row
      ? merged(row, meta)
      : { ...meta, id: newId(), wabaId, hidden: false, headerMedia: null, task: null };
    if (row && isDeepStrictEqual(next, row)) continue;
    await saveTemplate(client, clinicId, next);
    changed += 1;
  }
  for (const { id, graphId, task } of known.values()) {
    // What Meta never heard of is only here.
    if (task !== null || graphId === null) continue;
    await removeTemplate(client, clinicId, id);
    changed += 1;
  }
  return changed;
}

/** Keeps the clinics' templates as Meta has them: when a number is connected, daily, and whenever a webhook says so. */
export function createTemplateSync({ database, write, graph, secrets, clock, logger }: TemplateSyncDeps) {
  /** Takes what is due, so that no other process reads the same. */
  async function takeDue(): Promise<Due[]> {
    const now = clock.now();
    const { rows } = await database.asSystem((client) =>
      client.query<Due>(
        `update numbers set templates_due_at = $2, templates_token_hash = sha256(access_token)
         where access_token is not null
           and (templates_due_at <= $1 or templates_token_hash is distinct from sha256(access_token))
         returning clinic_id as "clinicId", waba_id as "wabaId", access_token as token`,
        [toTimestamp(now), toTimestamp(now + LEASE_MS)],
      ),
    );
    return [...new Map(rows.map((row) => [`${row.clinicId} ${row.wabaId}`, row])).values()];
  }

  async function read({ clinicId, wabaId, token }: Due): Promise<void> {
    const accessToken = openAccessToken({ secrets, logger }, clinicId, token);
    if (accessToken === null) return;
    const started = clock.now();
    const answer = await graph.list({ wabaId, accessToken });
    if (answer.outcome !== 'done') {
      logger.warn('templates could not be read', { clinicId, code: answer.code });
      return;
    }
    const count = await write(clinicId, async (client) => {
      const changed = await writeTemplates(client, clinicId, wabaId, answer.templates);
      // Unless somebody has asked for it again meanwhile.
      await client.query(
        `update numbers set templates_due_at = $3
         where clinic_id = $1 and waba_id = $2 and templates_due_at > $4`,
        [clinicId, wabaId, toTimestamp(clock.now() + FRESH_MS), toTimestamp(started)],
      );
      return changed;
    });
    logger.info('templates read', { clinicId, count });
  }

  async function syncDue(): Promise<void> {
    for (const due of await takeDue()) {
      await read(due).catch((error: unknown) => {
        logger.warn('reading templates failed', { clinicId: due.clinicId, ...describeError(error) });
      });
    }
  }

  return {
    syncDue,
    /** Looks every two seconds; returns how to stop. */
    start(): () => Promise<void> {
      return repeat({
        work: syncDue,
        everyMs: EVERY_MS,
        failure: 'looking for stale templates failed',
        logger,
      });
    },
  };
}
