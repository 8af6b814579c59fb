import { newId, toTimestamp, type Command } from '@recado/protocol';
import type { Reply } from '../../../shared/contract/index.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Relay time and the window end when a person may write freely there now; otherwise why not. */
async function askToSend(
  desk: Desk,
  conversationId: string,
): Promise<Reply<{ now: number; notAfter: number }>> {
  const now = desk.clock.now();
  const detail = await desk.store.read.conversationDetail({ conversationId, now });
  if (detail === null) return refused('not_found');
  const decision = desk.decideSend(detail.facts, now);
  return decision.allowed ? done({ now, notAfter: decision.notAfter }) : refused(decision.code);
}

/** A conversation's messages and what a person does with them. */
export function createThreadHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'thread.page' | 'message.send' | 'message.retry' | 'message.discard' | 'draft.save'> {
  return {
    'thread.page': (input) =>
      withDesk(findDesk, async ({ store }) => {
        const page = await store.read.threadPage(input);
        return page === null ? refused('not_found') : done(page);
      }),

    'message.send': ({ conversationId, text }) =>
      withDesk(findDesk, async (desk) => {
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const { now, notAfter } = permission.data;
        const messageId = newId();
        await desk.enqueue({
          id: newId(),
          type: 'message.send',
          args: { messageId, conversationId, text, replyTo: null, notAfter: toTimestamp(notAfter) },
          basedOn: null,
          issuedAt: toTimestamp(now),
        });
        return done({ messageId });
      }),

    'message.retry': ({ conversationId, messageId }) =>
      withDesk(findDesk, async (desk) => {
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const { now, notAfter } = permission.data;
        const command: Command = {
          id: newId(),
          type: 'message.retry',
          args: { messageId, conversationId, notAfter: toTimestamp(notAfter) },
          basedOn: null,
          issuedAt: toTimestamp(now),
        };
        // A send the relay refused exists on this PC alone; one that failed later is the relay's to repeat.
        const { retried, changes } = await desk.store.write.retryRefused({ messageId, command, now });
        if (retried) desk.announce(changes);
        else await desk.enqueue(command);
        return done({});
      }),

    'message.discard': ({ messageId }) =>
      withDesk(findDesk, async (desk) => {
        const { discarded, changes } = await desk.store.write.discardMessage({ messageId });
        if (!discarded) return refused('not_found');
        desk.announce(changes);
        return done({});
      }),

    'draft.save': (input) =>
      withDesk(findDesk, async (desk) => {
        desk.announce(await desk.store.write.saveDraft(input));
        return done({});
      }),
  };
}
