import { newId, toTimestamp } from '@recado/protocol';
import type { Reply, ThreadCursor, ThreadItem, ThreadPage } from '../../../shared/contract/index.ts';
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

/** Pages looked through for a message somebody has just pressed a button on: it is on screen, so it is near. */
const MOST_PAGES = 20;

/** A message of a thread as it is held here; null when it is not. */
async function findItem(desk: Desk, conversationId: string, messageId: string): Promise<ThreadItem | null> {
  let before: ThreadCursor | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read: ThreadPage | null = await desk.store.read.threadPage({ conversationId, before, limit: 200 });
    const item = read?.items.find((candidate) => candidate.messageId === messageId);
    if (item !== undefined) return item;
    if (read === null || read.before === null) return null;
    before = read.before;
  }
  return null;
}

/** A conversation's messages and what a person does with them. */
export function createThreadHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  'thread.page' | 'message.send' | 'note.add' | 'message.retry' | 'message.discard' | 'draft.save'
> {
  return {
    'thread.page': (input) =>
      withDesk(findDesk, async ({ store }) => {
        const page = await store.read.threadPage(input);
        return page === null ? refused('not_found') : done(page);
      }),

    'message.send': ({ conversationId, text, basedOnOrdinal }) =>
      withDesk(findDesk, async (desk) => {
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const answer =
          basedOnOrdinal === null
            ? null
            : await desk.store.read.answerAfter({ conversationId, ordinal: basedOnOrdinal });
        if (answer !== null) return refused('answered_meanwhile', { answer });
        const { now, notAfter } = permission.data;
        const messageId = newId();
        await desk.enqueue({
          id: newId(),
          type: 'message.send',
          args: {
            messageId,
            conversationId,
            text,
            replyTo: null,
            notAfter: toTimestamp(notAfter),
            // The relay decides for what this PC has not heard of yet.
            unlessAnsweredAfter: basedOnOrdinal,
          },
          basedOn: null,
          issuedAt: toTimestamp(now),
        });
        return done({ messageId });
      }),

    'note.add': ({ conversationId, text, mentionedAgentIds }) =>
      withDesk(findDesk, async (desk) => {
        const now = desk.clock.now();
        if ((await desk.store.read.conversationDetail({ conversationId, now })) === null)
          return refused('not_found');
        const messageId = newId();
        await desk.enqueue({
          id: newId(),
          type: 'note.add',
          args: { messageId, conversationId, text, mentionedAgentIds },
          basedOn: null,
          issuedAt: toTimestamp(now),
        });
        return done({ messageId });
      }),

    'message.retry': ({ conversationId, messageId }) =>
      withDesk(findDesk, async (desk) => {
        const item = await findItem(desk, conversationId, messageId);
        if (item === null) return refused('not_found');
        const now = desk.clock.now();
        const command = { id: newId(), basedOn: null, issuedAt: toTimestamp(now) };
        /** What the relay refused exists on this PC alone and goes again whole, this time on no condition. */
        const sendWhole = async (type: 'message.send' | 'note.add', args: Record<string, unknown>) => {
          const { retried, changes } = await desk.store.write.retryRefused({
            messageId,
            command: { ...command, type, args: { messageId, conversationId, text: item.text, ...args } },
            now,
          });
          if (!retried) return refused('not_found');
          desk.announce(changes);
          return done({});
        };
        if (item.kind === 'note')
          return sendWhole('note.add', { mentionedAgentIds: item.content.mentionedAgentIds ?? [] });
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const notAfter = toTimestamp(permission.data.notAfter);
        if (item.ordinal === null) return sendWhole('message.send', { replyTo: null, notAfter });
        // One that failed later is the relay's to repeat.
        await desk.enqueue({
          ...command,
          type: 'message.retry',
          args: { messageId, conversationId, notAfter },
        });
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
