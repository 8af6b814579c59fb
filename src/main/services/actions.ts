/** What people do with conversations, one or thousands at a time, and taking it back. */
import { newId, toTimestamp, type Command } from '@recado/protocol';
import type { CallError, CallInput, InboxQuery } from '../../shared/contract/index.ts';
import type { Clock } from '../lib/time.ts';
import type { ChangeSet, Store } from '../store/interface.ts';
import { planAction, type ActionPlan, type CommandDraft } from './action-plan.ts';

/** Conversations to a transaction: what people do meanwhile waits at most for one. */
const BATCH = 500;
/** Nobody means more than this many at once. */
const MOST = 5_000;
/** How long an action can be taken back, milliseconds; a moment longer than the window offers it. */
const UNDO_WITHIN_MS = 11_000;

type ActInput = Required<CallInput<'conversation.act'>>;
type Done<Data> = { ok: true; data: Data } | { ok: false; error: CallError };

export interface Actions {
  act(input: ActInput): Promise<Done<{ actionId: string; count: number }>>;
  undo(input: { actionId: string }): Promise<Done<Record<string, never>>>;
  /** The relay did not accept these: there is nothing of them to take back. */
  forget(commandIds: string[]): void;
}

interface Recorded {
  at: number;
  commands: { commandId: string; inverse: CommandDraft[] }[];
}

export function createActions(deps: {
  store: {
    read: Pick<Store['read'], 'matchingConversations' | 'conversationStates'>;
    write: Pick<Store['write'], 'enqueueCommands' | 'undoCommands'>;
  };
  clock: Clock;
  /** Milliseconds of a clock that only moves forward: setting a clock neither gives nor takes time to undo. */
  monotonicNow: () => number;
  announce: (changes: ChangeSet) => void;
}): Actions {
  const { store, clock, announce } = deps;
  const recorded = new Map<string, Recorded>();

  const toCommand = ({ type, args, basedOn }: CommandDraft): Command => ({
    id: newId(),
    type,
    args,
    basedOn,
    issuedAt: toTimestamp(clock.now()),
  });

  function forgetOld() {
    const oldest = deps.monotonicNow() - UNDO_WITHIN_MS;
    for (const [actionId, { at }] of recorded) if (at < oldest) recorded.delete(actionId);
  }

  async function resolve(target: ActInput['target']): Promise<string[]> {
    if ('conversationIds' in target) return [...new Set(target.conversationIds)];
    const query: InboxQuery = target.query;
    const matching = await store.read.matchingConversations({ query, now: clock.now(), limit: MOST });
    return matching.conversationIds;
  }

  return {
    async act({ target, action, confirmed }) {
      forgetOld();
      const ids = await resolve(target);
      const isOne = 'conversationIds' in target && ids.length === 1;
      const commands: Recorded['commands'] = [];
      for (let start = 0; start < ids.length; start += BATCH) {
        const states = await store.read.conversationStates({
          conversationIds: ids.slice(start, start + BATCH),
        });
        const now = clock.now();
        if (isOne) {
          const [only] = states;
          if (only === undefined) return { ok: false, error: { code: 'not_found' } };
          const { unread, closed } = only.conversation;
          if (action.type === 'close' && !confirmed && !closed && unread > 0)
            return { ok: false, error: { code: 'unseen_messages', count: unread } };
        }
        const plans = states.flatMap((state): ActionPlan | [] => planAction(action, state, { now }) ?? []);
        if (plans.length === 0) continue;
        const batch = plans.map(({ command, inverse }) => ({ command: toCommand(command), inverse }));
        announce(await store.write.enqueueCommands({ commands: batch.map(({ command }) => command), now }));
        for (const { command, inverse } of batch) commands.push({ commandId: command.id, inverse });
      }
      const actionId = newId();
      recorded.set(actionId, { at: deps.monotonicNow(), commands });
      return { ok: true, data: { actionId, count: commands.length } };
    },

    async undo({ actionId }) {
      forgetOld();
      const action = recorded.get(actionId);
      if (action === undefined) return { ok: false, error: { code: 'undo_too_late' } };
      recorded.delete(actionId);
      for (let start = 0; start < action.commands.length; start += BATCH) {
        const undone = action.commands
          .slice(start, start + BATCH)
          .map(({ commandId, inverse }) => ({ commandId, inverse: inverse.map(toCommand) }));
        announce(await store.write.undoCommands({ undone, now: clock.now() }));
      }
      return { ok: true, data: {} };
    },

    forget(commandIds) {
      const gone = new Set(commandIds);
      for (const action of recorded.values())
        action.commands = action.commands.filter(({ commandId }) => !gone.has(commandId));
    },
  };
}
