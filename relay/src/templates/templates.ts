import { toTimestamp, type Id, type OutgoingMedia, type Template } from '@recado/protocol';
import type { Client } from '../db/database.ts';
import { recordChange } from '../feed/record.ts';

/** A template as the relay keeps it. */
export interface TemplateRow extends Omit<Template, 'components'> {
  wabaId: string;
  /** Meta's id; null before Meta has heard of it. */
  graphId: string | null;
  components: Template['components'];
  headerMedia: OutgoingMedia | null;
  task: 'submit' | 'delete' | null;
}

const COLUMNS = `id, waba_id as "wabaId", graph_id as "graphId", name, language, category, status, components,
  parameter_format as "parameterFormat", quality, rejection_reason as "rejectionReason", hidden,
  header_media as "headerMedia", task`;

export async function findTemplate(client: Client, clinicId: Id, id: Id): Promise<TemplateRow | null> {
  const { rows } = await client.query<TemplateRow>(
    `select ${COLUMNS} from templates where clinic_id = $1 and id = $2`,
    [clinicId, id],
  );
  return rows[0] ?? null;
}

export async function templatesOf(client: Client, clinicId: Id, wabaId: string): Promise<TemplateRow[]> {
  const { rows } = await client.query<TemplateRow>(
    `select ${COLUMNS} from templates where clinic_id = $1 and waba_id = $2`,
    [clinicId, wabaId],
  );
  return rows;
}

/** Writes a template, new or known, and puts it into the feed. Returns the change's number. */
export async function saveTemplate(client: Client, clinicId: Id, template: TemplateRow): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'template', id: template.id });
  await client.query(
    `insert into templates (clinic_id, id, waba_id, name, language, graph_id, category, status, components,
       parameter_format, quality, rejection_reason, hidden, header_media, task, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (clinic_id, id) do update set
       graph_id = excluded.graph_id, category = excluded.category, status = excluded.status,
       components = excluded.components, parameter_format = excluded.parameter_format,
       quality = excluded.quality, rejection_reason = excluded.rejection_reason, hidden = excluded.hidden,
       header_media = excluded.header_media, task = excluded.task, version = excluded.version`,
    [
      clinicId,
      template.id,
      template.wabaId,
      template.name,
      template.language,
      template.graphId,
      template.category,
      template.status,
      JSON.stringify(template.components),
      template.parameterFormat,
      template.quality,
      template.rejectionReason,
      template.hidden,
      template.headerMedia === null ? null : JSON.stringify(template.headerMedia),
      template.task,
      version,
    ],
  );
  return version;
}

/** Forgets a template, and says so in the feed. Returns the change's number. */
export async function removeTemplate(client: Client, clinicId: Id, id: Id): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'template', id, op: 'del' });
  await client.query('delete from templates where clinic_id = $1 and id = $2', [clinicId, id]);
  return version;
}

/** Asks for the templates of a number, or of an account, to be read from Meta again, soon. */
export async function templatesAreStale(
  client: Client,
  clinicId: Id,
  of: { phoneNumberId: string } | { wabaId: string },
  now: number,
): Promise<void> {
  const [column, value] =
    'wabaId' in of ? (['waba_id', of.wabaId] as const) : (['phone_number_id', of.phoneNumberId] as const);
  await client.query(
    `update numbers set templates_due_at = least(templates_due_at, $3) where clinic_id = $1 and ${column} = $2`,
    [clinicId, value, toTimestamp(now)],
  );
}
