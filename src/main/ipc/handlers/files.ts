import type { FileResult, MediaFailure } from '../../files/interface.ts';
import type { Reply } from '../../../shared/contract/index.ts';
import { withDesk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

function replyOf<Value, Data>(result: FileResult<Value>, toData: (value: Value) => Data): Reply<Data> {
  if (result.ok) return done(toData(result.value));
  const { refusal } = result;
  return refused(refusal.code, refusal.code === 'file_refused' ? { problem: refusal.problem } : {});
}

const unavailable = (failure: MediaFailure) =>
  refused(failure === 'disk_full' ? 'disk_full' : 'media_unavailable');

/** Files from the window to this PC, and of messages to the window and to a person's own folders. */
export function createFileHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  'file.begin' | 'file.append' | 'file.finish' | 'file.discard' | 'media.list' | 'media.fetch' | 'media.save'
> {
  return {
    'file.begin': (input) =>
      withDesk(findDesk, async ({ files }) => replyOf(await files.begin(input), (value) => value)),

    'file.append': (input) =>
      withDesk(findDesk, async ({ files }) => replyOf(await files.append(input), () => ({}))),

    'file.finish': (input) =>
      withDesk(findDesk, async ({ files }) =>
        replyOf(await files.finish(input), ({ fileId, fileName, mimeType, sizeBytes, voice, media }) => ({
          fileId,
          fileName,
          mimeType,
          sizeBytes,
          kind: media?.kind ?? 'document',
          voice,
        })),
      ),

    'file.discard': (input) =>
      withDesk(findDesk, async ({ files }) => {
        await files.discard(input);
        return done({});
      }),

    'media.list': (input) => withDesk(findDesk, async ({ store }) => done(await store.read.mediaPage(input))),

    'media.fetch': ({ mediaId }) =>
      withDesk(findDesk, async ({ media }) => {
        const failure = await media.fetch(mediaId);
        return failure === null ? done({}) : unavailable(failure);
      }),

    'media.save': ({ mediaId, fileName }) =>
      withDesk(findDesk, async ({ media, saveFile }) => {
        const opened = await media.open(mediaId);
        if (!opened.ok) return unavailable(opened.reason);
        const { file, mimeType } = opened;
        try {
          return done(await saveFile({ fileName, mimeType, bytes: file.read(0, file.sizeBytes) }));
        } catch (error) {
          const code = (error as NodeJS.ErrnoException | null)?.code;
          if (code === 'ENOSPC' || code === 'EDQUOT') return refused('disk_full');
          throw error;
        } finally {
          await file.close();
        }
      }),
  };
}
