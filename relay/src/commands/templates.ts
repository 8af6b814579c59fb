import {
  checkNewTemplate,
  isMediaHeader,
  readTemplate,
  RefusalCode,
  type CommandArguments,
} from '@recado/protocol';
import { findMedia } from '../media/media.ts';
import { findTemplate, removeTemplate, saveTemplate, templatesOf } from '../templates/templates.ts';
import { applied, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** The account new templates go to: the one of the clinic's first number. */
async function firstAccount({ client, clinicId }: CommandScope): Promise<string | null> {
  const { rows } = await client.query<{ wabaId: string }>(
    'select waba_id as "wabaId" from numbers where clinic_id = $1 order by created_at, phone_number_id limit 1',
    [clinicId],
  );
  return rows[0]?.wabaId ?? null;
}

/** Writes a new template down and hands it to Meta, whose review shows in its status. */
export async function createTemplate(
  scope: CommandScope,
  args: CommandArguments<'template.create'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  if (scope.agent.role !== 'admin') return refused(RefusalCode.forbidden);
  const { templateId, headerMedia, ...draft } = args;
  if (checkNewTemplate({ ...draft, hasHeaderFile: headerMedia !== null }).length > 0) {
    return refused(RefusalCode.invalidArguments);
  }
  const { header } = readTemplate(draft);
  if (headerMedia !== null && (!isMediaHeader(header) || header.kind !== headerMedia.kind)) {
    return refused(RefusalCode.invalidArguments);
  }
  const wabaId = await firstAccount(scope);
  if (wabaId === null || (await findTemplate(client, clinicId, templateId))) {
    return refused(RefusalCode.invalidArguments);
  }
  if (headerMedia !== null) {
    const media = await findMedia(client, clinicId, headerMedia.mediaId);
    if (!media || media.completedAt === null) return refused(RefusalCode.mediaNotFound);
  }
  const others = await templatesOf(client, clinicId, wabaId);
  const namesake = others.find(({ name, language }) => name === args.name && language === args.language);
  // One that Meta did not take makes room for the next try.
  if (namesake && namesake.status !== 'FAILED') return refused(RefusalCode.nameTaken);
  if (namesake) await removeTemplate(client, clinicId, namesake.id);
  const seq = await saveTemplate(client, clinicId, {
    ...draft,
    id: templateId,
    wabaId,
    graphId: null,
    status: 'SUBMITTING',
    quality: 'UNKNOWN',
    rejectionReason: null,
    hidden: false,
    headerMedia,
    task: 'submit',
  });
  await scope.enqueueTemplateTask(client, { clinicId, templateId });
  return applied(seq);
}

/** Deletes a template at Meta, and here once Meta has done so. One Meta never took goes at once. */
export async function deleteTemplate(
  scope: CommandScope,
  { templateId }: CommandArguments<'template.delete'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  if (scope.agent.role !== 'admin') return refused(RefusalCode.forbidden);
  const template = await findTemplate(client, clinicId, templateId);
  if (!template) return refused(RefusalCode.templateNotFound);
  if (template.task === 'delete') return applied();
  if (template.graphId === null && template.task === null) {
    return applied(await removeTemplate(client, clinicId, templateId));
  }
  // It may be on its way to Meta: what becomes of it is not known yet.
  if (template.task === 'submit') return refused(RefusalCode.tooLate);
  const seq = await saveTemplate(client, clinicId, {
    ...template,
    status: 'PENDING_DELETION',
    task: 'delete',
  });
  await scope.enqueueTemplateTask(client, { clinicId, templateId });
  return applied(seq);
}

/** Takes a template out of the agents' picker, or puts it back. Meta is not concerned. */
export async function hideTemplate(
  scope: CommandScope,
  { templateId, hidden }: CommandArguments<'template.hide'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  if (scope.agent.role !== 'admin') return refused(RefusalCode.forbidden);
  const template = await findTemplate(client, clinicId, templateId);
  if (!template) return refused(RefusalCode.templateNotFound);
  return template.hidden === hidden
    ? applied()
    : applied(await saveTemplate(client, clinicId, { ...template, hidden }));
}
