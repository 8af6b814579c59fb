import { newId, toTimestamp } from '@recado/protocol';
import { withDesk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Screenfuls of the list and the panel. */
export function createInboxHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  'inbox.page' | 'inbox.counts' | 'inbox.match' | 'conversation.get' | 'conversation.markRead'
> {
  return {
    'inbox.page': (input) =>
      withDesk(findDesk, async ({ store, clock }) =>
        done(await store.read.inboxPage({ ...input, now: clock.now() })),
      ),

    'inbox.counts': () =>
      withDesk(findDesk, async ({ store, clock }) =>
        done(await store.read.inboxCounts({ now: clock.now() })),
      ),

    'inbox.match': ({ query }) =>
      withDesk(findDesk, async ({ store, clock }) =>
        done({ count: await store.read.inboxMatch({ query, now: clock.now() }) }),
      ),

    'conversation.get': ({ conversationId }) =>
      withDesk(findDesk, async ({ store, clock }) => {
        const detail = await store.read.conversationDetail({ conversationId, now: clock.now() });
        return detail === null ? refused('not_found') : done(detail);
      }),

    'conversation.markRead': ({ conversationId, upToOrdinal }) =>
      withDesk(findDesk, async ({ store, clock, enqueue }) => {
        const now = clock.now();
        const detail = await store.read.conversationDetail({ conversationId, now });
        if (detail === null) return refused('not_found');
        if (detail.facts.unread === 0) return done({});
        await enqueue({
          id: newId(),
          type: 'conversation.markRead',
          args: { conversationId, upToOrdinal },
          basedOn: null,
          issuedAt: toTimestamp(now),
        });
        return done({});
      }),
  };
}
