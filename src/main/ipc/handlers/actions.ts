import { withDesk, type FindDesk } from '../desk.ts';
import { done, type Handlers } from '../dispatcher.ts';

/** What is done with conversations, taking it back, and who is where. */
export function createActionHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'conversation.act' | 'action.undo' | 'presence.set'> {
  return {
    'conversation.act': (input) => withDesk(findDesk, ({ actions }) => actions.act(input)),

    'action.undo': (input) => withDesk(findDesk, ({ actions }) => actions.undo(input)),

    'presence.set': (input) =>
      withDesk(findDesk, async ({ presence }) => {
        presence.set(input);
        return done({});
      }),
  };
}
