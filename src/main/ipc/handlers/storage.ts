import { withDesk, type FindDesk } from '../desk.ts';
import { done, type Handlers } from '../dispatcher.ts';

/** What the copy on this PC takes up and how far back it goes, and whether it is what the relay has. */
export function createStorageHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'store.check' | 'storage.get' | 'storage.setKeepMonths'> {
  return {
    'store.check': () =>
      withDesk(findDesk, async ({ checkCopy }) => {
        await checkCopy();
        return done({});
      }),

    'storage.get': () =>
      withDesk(findDesk, async ({ store, retention, mediaBytes }) => {
        const [stored, bytes] = await Promise.all([store.read.storage({}), mediaBytes()]);
        return done({ ...stored, mediaBytes: bytes, keepMonths: retention.keepMonths() });
      }),

    'storage.setKeepMonths': ({ months }) =>
      withDesk(findDesk, async ({ retention }) => {
        await retention.setKeepMonths(months);
        return done({});
      }),
  };
}
