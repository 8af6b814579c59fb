import { RefusalCode, type ClinicSettings, type CommandArguments, type Id } from '@recado/protocol';
import { isDeepStrictEqual } from 'node:util';
import {
  deleteEntry,
  findTag,
  findTeam,
  findUnknown,
  isNameTaken,
  readClinicSettings,
  replaceInConversations,
  saveTag,
  saveTeam,
  writeClinicSettings,
  type Tag,
  type Team,
} from '../db/directory.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

const distinct = (ids: Id[]): Id[] => [...new Set(ids)];

/** Writes a tag unless its name says nothing or is somebody else's. */
async function keepTag({ client, clinicId }: CommandScope, tag: Tag): Promise<CommandOutcome> {
  if (tag.name === '') return refused(RefusalCode.invalidArguments);
  if (await isNameTaken(client, 'tag', clinicId, tag)) return refused(RefusalCode.nameTaken);
  return applied(await saveTag(client, clinicId, tag));
}

export async function createTag(
  scope: CommandScope,
  args: CommandArguments<'tag.create'>,
): Promise<CommandOutcome> {
  // The id is taken: another command has already made this tag.
  if (await findTag(scope.client, scope.clinicId, args.tagId)) return refused(RefusalCode.invalidArguments);
  return keepTag(scope, { id: args.tagId, name: cleanText(args.name).trim(), color: args.color });
}

export async function updateTag(
  scope: CommandScope,
  args: CommandArguments<'tag.update'>,
): Promise<CommandOutcome> {
  const tag = await findTag(scope.client, scope.clinicId, args.tagId);
  if (!tag) return refused(RefusalCode.tagNotFound);
  const name = args.name === undefined ? tag.name : cleanText(args.name).trim();
  const color = args.color ?? tag.color;
  if (name === tag.name && color === tag.color) return applied();
  return keepTag(scope, { id: tag.id, name, color });
}

export async function mergeTag(
  { client, clinicId }: CommandScope,
  args: CommandArguments<'tag.merge'>,
): Promise<CommandOutcome> {
  if (args.tagId === args.intoTagId) return refused(RefusalCode.invalidArguments);
  if (await findUnknown(client, 'tag', clinicId, [args.tagId, args.intoTagId])) {
    return refused(RefusalCode.tagNotFound);
  }
  await replaceInConversations(client, 'tag', clinicId, { id: args.tagId, by: args.intoTagId });
  return applied(await deleteEntry(client, 'tag', clinicId, args.tagId));
}

export async function deleteTag(
  { client, clinicId }: CommandScope,
  args: CommandArguments<'tag.delete'>,
): Promise<CommandOutcome> {
  if (!(await findTag(client, clinicId, args.tagId))) return refused(RefusalCode.tagNotFound);
  await replaceInConversations(client, 'tag', clinicId, { id: args.tagId, by: null });
  return applied(await deleteEntry(client, 'tag', clinicId, args.tagId));
}

/** Writes a team unless its name says nothing or is another's, or a new member is nobody of the clinic. */
async function keepTeam(
  { client, clinicId }: CommandScope,
  team: Team,
  newMemberIds: Id[],
): Promise<CommandOutcome> {
  if (team.name === '') return refused(RefusalCode.invalidArguments);
  if (await isNameTaken(client, 'team', clinicId, team)) return refused(RefusalCode.nameTaken);
  if (await findUnknown(client, 'agent', clinicId, newMemberIds)) return refused(RefusalCode.agentNotFound);
  return applied(await saveTeam(client, clinicId, team));
}

export async function createTeam(
  scope: CommandScope,
  args: CommandArguments<'team.create'>,
): Promise<CommandOutcome> {
  if (await findTeam(scope.client, scope.clinicId, args.teamId)) return refused(RefusalCode.invalidArguments);
  const memberIds = distinct(args.memberIds);
  return keepTeam(scope, { id: args.teamId, name: cleanText(args.name).trim(), memberIds }, memberIds);
}

export async function updateTeam(
  scope: CommandScope,
  args: CommandArguments<'team.update'>,
): Promise<CommandOutcome> {
  const team = await findTeam(scope.client, scope.clinicId, args.teamId);
  if (!team) return refused(RefusalCode.teamNotFound);
  const name = args.name === undefined ? team.name : cleanText(args.name).trim();
  const memberIds = args.memberIds === undefined ? team.memberIds : distinct(args.memberIds);
  const added = memberIds.filter((id) => !team.memberIds.includes(id));
  const sameMembers = added.length === 0 && memberIds.length === team.memberIds.length;
  if (name === team.name && sameMembers) return applied();
  return keepTeam(scope, { id: team.id, name, memberIds }, added);
}

export async function deleteTeam(
  { client, clinicId }: CommandScope,
  args: CommandArguments<'team.delete'>,
): Promise<CommandOutcome> {
  if (!(await findTeam(client, clinicId, args.teamId))) return refused(RefusalCode.teamNotFound);
  await replaceInConversations(client, 'team', clinicId, { id: args.teamId, by: null });
  return applied(await deleteEntry(client, 'team', clinicId, args.teamId));
}

export async function updateClinicSettings(
  { client, clinicId, agent }: CommandScope,
  args: CommandArguments<'clinic.updateSettings'>,
): Promise<CommandOutcome> {
  if (agent.role !== 'admin') return refused(RefusalCode.forbidden);
  const before = await readClinicSettings(client, clinicId);
  const { assignOnFirstReply, readReceipts, openingHours, reminders, recordUrl } = args.settings;
  const after: ClinicSettings = {
    assignOnFirstReply: assignOnFirstReply ?? before.assignOnFirstReply,
    readReceipts: readReceipts ?? before.readReceipts,
    openingHours: openingHours === undefined ? before.openingHours : openingHours,
    reminders: reminders === undefined ? before.reminders : reminders,
    recordUrl: recordUrl === undefined ? before.recordUrl : recordUrl,
  };
  return isDeepStrictEqual(before, after)
    ? applied()
    : applied(await writeClinicSettings(client, clinicId, after));
}
