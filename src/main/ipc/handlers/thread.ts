import { newId, readCommand, toTimestamp, type Command } from '@recado/protocol';
import type { Reply, ThreadItem } from '../../../shared/contract/index.ts';
import { askToSend, commandOf, refusalOfTemplate } from '../commanding.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** A message of a thread as it is held here; null when it is not. */
async function findItem(desk: Desk, conversationId: string, messageId: string): Promise<ThreadItem | null> {
  const page = await desk.store.read.threadPage({
    conversationId,
    before: null,
    aroundMessageId: messageId,
    limit: 10,
  });
  return page?.items.find((item) => item.messageId === messageId) ?? null;
}

/** End of the window for a message that is sent again; null for a template, which needs none. */
async function askToRepeat(
  desk: Desk,
  conversationId: string,
  isTemplate: boolean,
): Promise<Reply<{ notAfter: string | null }>> {
  if (!isTemplate) {
    const permission = await askToSend(desk, conversationId);
    return permission.ok ? done({ notAfter: toTimestamp(permission.data.notAfter) }) : permission;
  }
  const detail = await desk.store.read.conversationDetail({ conversationId, now: desk.clock.now() });
  if (detail === null) return refused('not_found');
  const refusal = refusalOfTemplate(desk, detail.facts);
  return refusal === null ? done({ notAfter: null }) : refused(refusal);
}

/** What the relay refused exists on this PC alone and goes again whole, at once and this time on no condition. */
async function repeatRefused(
  desk: Desk,
  conversationId: string,
  messageId: string,
  refusedCommand: Command,
): Promise<Reply<Record<string, never>>> {
  const now = desk.clock.now();
  const known = readCommand(refusedCommand);
  if (known?.type !== 'message.send' && known?.type !== 'note.add') return refused('not_found');
  let { args }: { args: Record<string, unknown> } = known;
  if (known.type === 'message.send') {
    const permission = await askToRepeat(desk, conversationId, known.args.template !== null);
    if (!permission.ok) return permission;
    args = { ...args, notAfter: permission.data.notAfter, unlessAnsweredAfter: null, sendAt: null };
  }
  const command = { id: newId(), type: known.type, args, basedOn: null, issuedAt: toTimestamp(now) };
  const { retried, changes } = await desk.store.write.retryRefused({ messageId, command, now });
  if (!retried) return refused('not_found');
  desk.announce(changes);
  return done({});
}

/** States in which the relay can still take a message back. */
const CANCELLABLE = new Set(['queued', 'scheduled', 'sending']);

/** A conversation's messages and what a person does with them. */
export function createThreadHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'thread.page' | 'note.add' | 'message.retry' | 'message.discard' | 'draft.save'> {
  return {
    'thread.page': (input) =>
      withDesk(findDesk, async ({ threadPage }) => {
        const page = await threadPage(input);
        return page === null ? refused('not_found') : done(page);
      }),

    'note.add': ({ conversationId, text, mentionedAgentIds }) =>
      withDesk(findDesk, async (desk) => {
        const now = desk.clock.now();
        if ((await desk.store.read.conversationDetail({ conversationId, now })) === null)
          return refused('not_found');
        const messageId = newId();
        await desk.enqueue(
          commandOf(desk, 'note.add', { messageId, conversationId, text, mentionedAgentIds }),
        );
        return done({ messageId });
      }),

    'message.retry': ({ conversationId, messageId }) =>
      withDesk(findDesk, async (desk) => {
        const unsent = await desk.store.read.unsentCommand({ messageId });
        if (unsent !== null) return repeatRefused(desk, conversationId, messageId, unsent);
        // One that failed later is the relay's to repeat.
        const item = await findItem(desk, conversationId, messageId);
        if (item === null) return refused('not_found');
        const permission = await askToRepeat(desk, conversationId, item.content.template !== undefined);
        if (!permission.ok) return permission;
        const { notAfter } = permission.data;
        await desk.enqueue(commandOf(desk, 'message.retry', { messageId, conversationId, notAfter }));
        return done({});
      }),

    'message.discard': ({ conversationId, messageId }) =>
      withDesk(findDesk, async (desk) => {
        // A message that waits for its files is in the outbox's hands until it is asked for.
        const { discarded, changes } = await desk.whileWithdrawn(messageId, () =>
          desk.store.write.discardMessage({ messageId }),
        );
        if (discarded) {
          desk.announce(changes);
          return done({});
        }
        const item = await findItem(desk, conversationId, messageId);
        if (item === null) return refused('not_found');
        if (!CANCELLABLE.has(item.delivery?.state ?? '')) return refused('too_late');
        await desk.enqueue(commandOf(desk, 'message.cancel', { messageId, conversationId }));
        return done({});
      }),

    'draft.save': ({ conversationId, ...draft }) =>
      withDesk(findDesk, async (desk) => {
        desk.announce(await desk.store.write.saveDraft({ conversationId, draft }));
        return done({});
      }),
  };
}
