import { withDesk, type FindDesk } from '../desk.ts';
import { done, type Handlers } from '../dispatcher.ts';

/** Looking for patients, messages and tags in this PC's copy; works without the relay. */
export function createSearchHandlers(findDesk: FindDesk): Pick<Handlers, 'search.run'> {
  return {
    'search.run': (input) =>
      withDesk(findDesk, async ({ store, clock, timeZone }) =>
        done(await store.read.search({ ...input, now: clock.now(), timeZone })),
      ),
  };
}
