import { commandArguments, isSameName, newId, type OutgoingMedia } from '@recado/protocol';
import type { Directory, ErrorCode } from '../../../shared/contract/index.ts';
import { commandOf, findMedia } from '../commanding.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';
import { CAPTION_MAX_LENGTH } from '../message-parts.ts';

const Shortcut = commandArguments['quickReply.create'].shape.shortcut;

interface Parts {
  id: string | null;
  shortcut: string;
  text: string;
  hasFile: boolean;
}

/** Why a saved text cannot be like this; null when it can. The relay has the last word about the name. */
function problemOf({ quickReplies }: Directory, { id, shortcut, text, hasFile }: Parts): ErrorCode | null {
  const isValid = Shortcut.safeParse(shortcut).success && (text !== '' || hasFile);
  if (!isValid || (hasFile && text.length > CAPTION_MAX_LENGTH)) return 'invalid_input';
  const isTaken = quickReplies.some((other) => other.id !== id && isSameName(other.shortcut, shortcut));
  return isTaken ? 'name_taken' : null;
}

/** Saved texts, everybody's and one's own. */
export function createQuickReplyHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'quickReply.create' | 'quickReply.update' | 'quickReply.delete'> {
  const fileOf = async (desk: Desk, fileId: string | null, { quickReplies }: Directory) =>
    fileId === null ? null : findMedia(desk, fileId, quickReplies);

  return {
    'quickReply.create': ({ shortcut, text, fileId, isMine }) =>
      withDesk(findDesk, async (desk) => {
        const directory = await desk.store.read.directory({});
        const problem = problemOf(directory, { id: null, shortcut, text, hasFile: fileId !== null });
        if (problem !== null) return refused(problem);
        const media = await fileOf(desk, fileId, directory);
        if (fileId !== null && media === null) return refused('file_not_ready');
        const me = directory.agents.find((agent) => agent.isMe);
        if (isMine && me === undefined) return refused('forbidden');
        const quickReplyId = newId();
        const ownerAgentId = isMine && me !== undefined ? me.id : null;
        await desk.enqueue(
          commandOf(desk, 'quickReply.create', { quickReplyId, shortcut, text, media, ownerAgentId }),
        );
        return done({ quickReplyId });
      }),

    'quickReply.update': ({ quickReplyId, shortcut, text, fileId }) =>
      withDesk(findDesk, async (desk) => {
        const directory = await desk.store.read.directory({});
        const held = directory.quickReplies.find(({ id }) => id === quickReplyId);
        if (held === undefined) return refused('not_found');
        const hasFile = fileId === undefined ? held.file !== null : fileId !== null;
        const problem = problemOf(directory, { id: quickReplyId, shortcut, text, hasFile });
        if (problem !== null) return refused(problem);
        let media: OutgoingMedia | null | undefined;
        if (fileId !== undefined) {
          media = await fileOf(desk, fileId, directory);
          if (fileId !== null && media === null) return refused('file_not_ready');
        }
        await desk.enqueue(
          commandOf(desk, 'quickReply.update', {
            quickReplyId,
            shortcut,
            text,
            ...(media === undefined ? {} : { media }),
          }),
        );
        return done({});
      }),

    'quickReply.delete': ({ quickReplyId }) =>
      withDesk(findDesk, async (desk) => {
        const { quickReplies } = await desk.store.read.directory({});
        if (!quickReplies.some(({ id }) => id === quickReplyId)) return refused('not_found');
        await desk.enqueue(commandOf(desk, 'quickReply.delete', { quickReplyId }));
        return done({});
      }),
  };
}
