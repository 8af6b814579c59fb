import type { Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { TemplateTaskJob } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { MediaFiles } from '../media/files.ts';
import { findMedia } from '../media/media.ts';
import { openAccessToken } from '../whatsapp/access-token.ts';
import type { GraphTemplates, MetaTemplate, TemplateAccount, TemplateResult } from './graph-templates.ts';
import {
  findTemplate,
  removeTemplate,
  saveTemplate,
  templatesAreStale,
  type TemplateRow,
} from './templates.ts';

/** Meta could not be asked now; the job is tried again. */
export class TemplateTaskError extends Error {
  override readonly name = 'TemplateTaskError';
}

/** "Content in this language already exists": an earlier try, whose answer was lost, may have made it. */
const ALREADY_EXISTS = 2_388_024;

interface TemplateTasksDeps {
  database: Database;
  write: WriteToClinic;
  graph: GraphTemplates;
  files: MediaFiles;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
}

type Failed = { failure: string };

/** Asks Meta for what administrators want of templates. */
export function createTemplateTasks(deps: TemplateTasksDeps) {
  const { database, write, graph, files, clock, logger } = deps;

  async function accountOf(clinicId: Id, wabaId: string): Promise<TemplateAccount | null> {
    const { rows } = await database.inClinic(clinicId, (client) =>
      client.query<{ token: Buffer }>(
        `select access_token as token from numbers
         where clinic_id = $1 and waba_id = $2 and access_token is not null order by created_at limit 1`,
        [clinicId, wabaId],
      ),
    );
    const accessToken = openAccessToken(deps, clinicId, rows[0]?.token ?? null);
    return accessToken === null ? null : { wabaId, accessToken };
  }

  /** The answer, or why there will never be one. Throws TemplateTaskError when it may come later. */
  function settled<Found>(result: TemplateResult<Found>): ({ outcome: 'done' } & Found) | Failed {
    if (result.outcome === 'done') return result;
    if (result.outcome === 'unknown' || result.retry !== null) throw new TemplateTaskError(result.code);
    return { failure: result.title ?? result.code };
  }

  /** The components as Meta wants to see them: a media header with an example. */
  async function withExample(
    clinicId: Id,
    template: TemplateRow,
    account: TemplateAccount,
  ): Promise<{ components: TemplateRow['components'] } | Failed> {
    const { headerMedia, components } = template;
    if (headerMedia === null) return { components };
    const media = await database.inClinic(clinicId, (client) =>
      findMedia(client, clinicId, headerMedia.mediaId),
    );
    if (!media || media.completedAt === null) return { failure: 'media_not_found' };
    const uploaded = settled(
      await graph.uploadExample(account, { ...media, bytes: () => files.read(clinicId, media.sha256) }),
    );
    if ('failure' in uploaded) return uploaded;
    const example = { header_handle: [uploaded.handle] };
    return {
      components: components.map((component) =>
        component.type.toUpperCase() === 'HEADER' ? { ...component, example } : component,
      ),
    };
  }

  async function find(account: TemplateAccount, template: TemplateRow): Promise<MetaTemplate | null> {
    const listed = settled(await graph.list(account, { name: template.name }));
    if ('failure' in listed) return null;
    return listed.templates.find(({ language }) => language === template.language) ?? null;
  }

  async function submitted(clinicId: Id, template: TemplateRow, account: TemplateAccount) {
    const ready = await withExample(clinicId, template, account);
    if ('failure' in ready) return ready;
    const answer = await graph.create(account, { ...template, ...ready });
    if (answer.outcome === 'refused' && answer.subcode === ALREADY_EXISTS) {
      const existing = await find(account, template);
      if (existing) return existing;
    }
    const created = settled(answer);
    if ('failure' in created) return created;
    const { id: graphId, status, category } = created;
    return { graphId, status, category: category ?? template.category };
  }

  async function submit(clinicId: Id, template: TemplateRow, account: TemplateAccount): Promise<void> {
    const result = await submitted(clinicId, template, account);
    await write(clinicId, async (client) => {
      const current = await findTemplate(client, clinicId, template.id);
      if (current?.task !== 'submit') return;
      await saveTemplate(client, clinicId, {
        ...current,
        task: null,
        ...('failure' in result
          ? { status: 'FAILED', rejectionReason: result.failure }
          : { ...result, headerMedia: null }),
      });
    });
    logger.info('template submitted', { clinicId, status: 'failure' in result ? 'FAILED' : result.status });
  }

  async function remove(clinicId: Id, template: TemplateRow, account: TemplateAccount): Promise<void> {
    const { name, graphId } = template;
    const answer = graphId === null ? null : await graph.remove(account, { name, graphId });
    // It is gone already.
    const isMissing = answer?.outcome === 'refused' && answer.code === '100';
    const result = answer === null || isMissing ? null : settled(answer);
    await write(clinicId, async (client) => {
      const current = await findTemplate(client, clinicId, template.id);
      if (current?.task !== 'delete') return;
      if (result === null || !('failure' in result)) {
        await removeTemplate(client, clinicId, template.id);
        return;
      }
      logger.warn('template could not be deleted', { clinicId });
      await saveTemplate(client, clinicId, { ...current, task: null });
      // Meta's word for how it stands now comes back with the next reading.
      await templatesAreStale(client, clinicId, { wabaId: current.wabaId }, clock.now());
    });
  }

  return async function runTemplateTask({ clinicId, templateId }: TemplateTaskJob): Promise<void> {
    const template = await database.inClinic(clinicId, (client) =>
      findTemplate(client, clinicId, templateId),
    );
    if (!template || template.task === null) return;
    const account = await accountOf(clinicId, template.wabaId);
    if (account === null) throw new TemplateTaskError('number_not_connected');
    await (template.task === 'submit' ? submit : remove)(clinicId, template, account);
  };
}
