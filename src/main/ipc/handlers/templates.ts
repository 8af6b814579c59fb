import { checkNewTemplate, isMediaHeader, newId, readTemplate, type Template } from '@recado/protocol';
import { z } from 'zod';
import type { Directory, ErrorCode, Reply } from '../../../shared/contract/index.ts';
import { commandOf, findMedia } from '../commanding.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Of this PC: what its person picks most. */
const FAVOURITES_KEY = 'templates.favourites';
const LAST_USED_KEY = 'templates.lastUsed';
const Favourites = z.array(z.string()).catch([]);
const LastUsed = z.record(z.string(), z.number()).catch({});

const favouritesOf = async (desk: Desk) =>
  Favourites.parse(await desk.store.read.localValue({ key: FAVOURITES_KEY }));
const lastUsedOf = async (desk: Desk) =>
  LastUsed.parse(await desk.store.read.localValue({ key: LAST_USED_KEY }));

/** Remembers that a template was sent just now. */
export async function rememberUse(desk: Desk, templateId: string): Promise<void> {
  const value = { ...(await lastUsedOf(desk)), [templateId]: desk.clock.now() };
  await desk.store.write.setLocalValue({ key: LAST_USED_KEY, value });
}

const isAdministrator = ({ agents }: Directory) => agents.some(({ isMe, role }) => isMe && role === 'admin');

/** The clinic's templates: seen by everybody, changed by administrators. */
export function createTemplateHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  'template.list' | 'template.setFavourite' | 'template.create' | 'template.delete' | 'template.hide'
> {
  /** Runs `work` for an administrator. */
  const asAdministrator = <Data>(
    work: (desk: Desk, known: { directory: Directory; templates: Template[] }) => Promise<Reply<Data>>,
  ): Promise<Reply<Data>> =>
    withDesk(findDesk, async (desk) => {
      const [directory, templates] = await Promise.all([
        desk.store.read.directory({}),
        desk.store.read.templates({}),
      ]);
      return isAdministrator(directory) ? work(desk, { directory, templates }) : refused('forbidden');
    });
  const isKnown = (templates: Template[], templateId: string) =>
    templates.some(({ id }) => id === templateId);

  return {
    'template.list': () =>
      withDesk(findDesk, async (desk) => {
        const [templates, favourites, lastUsed] = await Promise.all([
          desk.store.read.templates({}),
          favouritesOf(desk),
          lastUsedOf(desk),
        ]);
        return done({
          templates: templates.map((template) => ({
            ...template,
            isFavourite: favourites.includes(template.id),
            lastUsedAt: lastUsed[template.id] ?? null,
          })),
        });
      }),

    'template.setFavourite': ({ templateId, isFavourite }) =>
      withDesk(findDesk, async (desk) => {
        const others = (await favouritesOf(desk)).filter((id) => id !== templateId);
        const value = isFavourite ? [...others, templateId] : others;
        await desk.store.write.setLocalValue({ key: FAVOURITES_KEY, value });
        return done({});
      }),

    'template.create': ({ fileId, ...draft }) =>
      asAdministrator(async (desk, { directory, templates }) => {
        if (checkNewTemplate({ ...draft, hasHeaderFile: fileId !== null }).length > 0)
          return refused('template_values_invalid');
        const isTaken = templates.some(
          ({ name, language }) => name === draft.name && language === draft.language,
        );
        if (isTaken) return refused('name_taken');
        const headerMedia = fileId === null ? null : await findMedia(desk, fileId, directory.quickReplies);
        const { header } = readTemplate(draft);
        const problem = ((): ErrorCode | null => {
          if (fileId === null) return null;
          if (headerMedia === null) return 'file_not_ready';
          return isMediaHeader(header) && headerMedia.kind === header.kind ? null : 'template_values_invalid';
        })();
        if (problem !== null) return refused(problem);
        const templateId = newId();
        await desk.enqueue(commandOf(desk, 'template.create', { ...draft, templateId, headerMedia }));
        return done({ templateId });
      }),

    'template.delete': ({ templateId }) =>
      asAdministrator(async (desk, { templates }) => {
        if (!isKnown(templates, templateId)) return refused('not_found');
        await desk.enqueue(commandOf(desk, 'template.delete', { templateId }));
        return done({});
      }),

    'template.hide': ({ templateId, hidden }) =>
      asAdministrator(async (desk, { templates }) => {
        if (!isKnown(templates, templateId)) return refused('not_found');
        await desk.enqueue(commandOf(desk, 'template.hide', { templateId, hidden }));
        return done({});
      }),
  };
}
