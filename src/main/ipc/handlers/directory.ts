import { isSameName, newId, toTimestamp, type CommandArguments, type CommandType } from '@recado/protocol';
import type { Directory, ErrorCode, Reply } from '../../../shared/contract/index.ts';
import { withDesk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Whether the name is free, as far as this PC knows: the relay has the last word. */
const isNameTaken = (
  entries: { id: string; name: string }[],
  wanted: { id: string; name: string | undefined },
) =>
  entries.some(
    ({ id, name }) => id !== wanted.id && wanted.name !== undefined && isSameName(name, wanted.name),
  );

const isKnown = (entries: { id: string }[], id: string) => entries.some((entry) => entry.id === id);

/** Only what was given: an absent name stays as it is, and not as a name that is `undefined`. */
const given = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;

/** Agents, teams, tags and the clinic's settings. */
export function createDirectoryHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  | 'directory.get'
  | 'tag.create'
  | 'tag.update'
  | 'tag.merge'
  | 'tag.delete'
  | 'team.create'
  | 'team.update'
  | 'team.delete'
  | 'clinic.updateSettings'
> {
  /** Asks `decide` with what is known here; what it wants is queued, its refusal answered. */
  const change = <Type extends CommandType, Data>(
    type: Type,
    decide: (directory: Directory) => ErrorCode | { args: CommandArguments<Type>; data: Data },
  ): Promise<Reply<Data>> =>
    withDesk(findDesk, async (desk) => {
      const decided = decide(await desk.store.read.directory({}));
      if (typeof decided === 'string') return refused(decided);
      const { args, data } = decided;
      await desk.enqueue({
        id: newId(),
        type,
        args,
        basedOn: null,
        issuedAt: toTimestamp(desk.clock.now()),
      });
      return done(data);
    });

  return {
    'directory.get': () => withDesk(findDesk, async ({ store }) => done(await store.read.directory({}))),

    'tag.create': ({ name, color }) =>
      change('tag.create', ({ tags }) => {
        const tagId = newId();
        if (isNameTaken(tags, { id: tagId, name })) return 'name_taken';
        return { args: { tagId, name, color }, data: { tagId } };
      }),

    'tag.update': ({ tagId, ...changes }) =>
      change('tag.update', ({ tags }) => {
        if (!isKnown(tags, tagId)) return 'not_found';
        if (isNameTaken(tags, { id: tagId, name: changes.name })) return 'name_taken';
        return { args: { tagId, ...given(changes) }, data: {} };
      }),

    'tag.merge': (args) =>
      change('tag.merge', ({ tags }) => {
        if (!isKnown(tags, args.tagId) || !isKnown(tags, args.intoTagId)) return 'not_found';
        return args.tagId === args.intoTagId ? 'invalid_input' : { args, data: {} };
      }),

    'tag.delete': (args) =>
      change('tag.delete', ({ tags }) => (isKnown(tags, args.tagId) ? { args, data: {} } : 'not_found')),

    'team.create': ({ name, memberIds }) =>
      change('team.create', ({ teams }) => {
        const teamId = newId();
        if (isNameTaken(teams, { id: teamId, name })) return 'name_taken';
        return { args: { teamId, name, memberIds }, data: { teamId } };
      }),

    'team.update': ({ teamId, ...changes }) =>
      change('team.update', ({ teams }) => {
        if (!isKnown(teams, teamId)) return 'not_found';
        if (isNameTaken(teams, { id: teamId, name: changes.name })) return 'name_taken';
        return { args: { teamId, ...given(changes) }, data: {} };
      }),

    'team.delete': (args) =>
      change('team.delete', ({ teams }) => (isKnown(teams, args.teamId) ? { args, data: {} } : 'not_found')),

    'clinic.updateSettings': (args) =>
      change('clinic.updateSettings', ({ agents }) =>
        agents.some(({ isMe, role }) => isMe && role === 'admin') ? { args, data: {} } : 'forbidden',
      ),
  };
}
