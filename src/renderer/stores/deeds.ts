import { conversationFilter, serviceWindow } from '@recado/protocol';
import type {
  Action,
  AppointmentView,
  CallError,
  CallInput,
  CallOutput,
  InboxQuery,
  Reply,
} from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { Clock } from '../lib/clock.ts';
import { aimCount, subjectsOf, targetOf, type Aim } from './aim.ts';
import { successor, visibleRows } from './inbox.reduce.ts';
import type { Reading } from './reading.ts';
import { noSelection } from './selection.ts';
import type { DoneKey, Store, Toast, UiState } from './store.ts';

/** More conversations than this are not changed at once without asking. */
export const ASK_OVER = 20;
/** A conversation that was acted on leaves the list within this, or stays. */
const LEAVES_WITHIN_MS = 3_000;

export interface DeedsDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  reading: Reading;
  changeUi(change: Partial<UiState>): void;
  toast(key: Toast['key'], tone?: Toast['tone']): void;
}

type Change =
  | 'tag.create'
  | 'tag.update'
  | 'tag.merge'
  | 'tag.delete'
  | 'team.create'
  | 'team.update'
  | 'team.delete'
  | 'quickReply.create'
  | 'quickReply.update'
  | 'quickReply.delete'
  | 'template.create'
  | 'template.delete'
  | 'template.hide'
  | 'clinic.updateSettings'
  | 'patient.update'
  | 'appointment.put'
  | 'appointment.delete';

type Administration =
  | 'agent.invite'
  | 'agent.renewAccess'
  | 'agent.update'
  | 'device.list'
  | 'device.revoke'
  | 'integrationKey.list'
  | 'integrationKey.create'
  | 'integrationKey.delete'
  | 'storage.get'
  | 'storage.setKeepMonths'
  | 'store.check'
  | 'notifications.get'
  | 'notifications.set'
  | 'notifications.test';

/** What people do with conversations, alone or together with others. */
export interface Deeds {
  /** Does it at once, or asks first where that is due. Several actions are one for undoing. */
  act(aim: Aim, ...actions: Action[]): void;
  /** Takes back what was done last. */
  undo(): void;
  /** The answer to what `act` asked. */
  answerQuestion(isConfirmed: boolean): void;
  /** Tags, teams and settings of the clinic, its patients and their appointments; what is refused is said. */
  change<Name extends Change>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
  /** Colleagues, devices and the copy on this PC; what is refused is said where it was asked. */
  administer<Name extends Administration>(
    name: Name,
    input: CallInput<Name>,
  ): Promise<Reply<CallOutput<Name>>>;
  addNote(
    conversationId: string,
    text: string,
    mentionedAgentIds: readonly string[],
  ): Promise<CallError | null>;
  /** All appointments of a patient, the newest first; null when they cannot be read. */
  listAppointments(patientId: string): Promise<readonly AppointmentView[] | null>;
  /** How many conversations match a query; null when that cannot be read. */
  match(query: InboxQuery): Promise<number | null>;
  /** Picks all that match what the list shows, read or not. */
  selectMatching(): void;
}

/** The sentence for what was done. */
export function doneKey(action: Action): DoneKey {
  switch (action.type) {
    case 'setBot':
      return action.active ? 'done.botOn' : 'done.botOff';
    case 'pin':
      return action.pinned ? 'done.pin' : 'done.unpin';
    case 'snooze':
      return action.until === null ? 'done.unsnooze' : 'done.snooze';
    case 'close':
    case 'reopen':
    case 'markSpam':
    case 'unmarkSpam':
    case 'block':
    case 'unblock':
    case 'markRead':
    case 'markUnread':
    case 'assign':
    case 'unassign':
    case 'tag':
    case 'untag':
      return `done.${action.type}`;
  }
}

export function createDeeds({ store, client, clock, reading, changeUi, toast }: DeedsDependencies): Deeds {
  let lastDone = 0;
  /** The open conversation, if what was done takes it from the list, and where to go on then. */
  let leaving: { openId: string; nextId: string | null; generation: number; until: number } | null = null;

  store.subscribe((state, before) => {
    if (leaving === null || state.inbox.rows === before.inbox.rows) return;
    const { openId, nextId, generation, until } = leaving;
    if (
      state.thread.conversationId !== openId ||
      state.inbox.generation !== generation ||
      clock.now() > until
    ) {
      leaving = null;
    } else if (!state.inbox.rows.some((row) => row.conversationId === openId)) {
      leaving = null;
      // Not to the composer, which takes the focus whenever it is asked to: the next key is an action again.
      changeUi({ composerFocus: 0 });
      reading.open(nextId);
      changeUi({ listFocus: store.getState().ui.listFocus + 1, isNoting: false });
    }
  });

  function expectLeaving(aim: Aim): void {
    const { inbox, thread } = store.getState();
    const openId = thread.conversationId;
    leaving = null;
    if (openId === null) return;
    const rows = visibleRows(inbox, clock.now());
    const ids = new Set(aim.kind === 'these' ? aim.ids : rows.map((row) => row.conversationId));
    if (!ids.has(openId) || !rows.some((row) => row.conversationId === openId)) return;
    const nextId = successor(rows, openId, ids);
    leaving = { openId, nextId, generation: inbox.generation, until: clock.now() + LEAVES_WITHIN_MS };
  }

  function questionFor(aim: Aim, actions: readonly Action[]): UiState['question'] {
    const count = aimCount(aim);
    const isSpam = actions.some((action) => action.type === 'markSpam');
    const now = clock.now();
    const appointmentAt = isSpam
      ? (subjectsOf(store.getState(), aim)
          .map((subject) => subject.nextAppointmentAt)
          .find((at) => at !== null && at > now) ?? null)
      : null;
    if (count > ASK_OVER || (isSpam && count > 1))
      return { kind: 'many', aim, actions, count, appointmentAt };
    return appointmentAt === null ? null : { kind: 'appointment', aim, actions, count, appointmentAt };
  }

  /** A conversation that was opened again is followed to the filter it went to. */
  async function follow(conversationId: string): Promise<boolean> {
    const reply = await client.call('conversation.get', { conversationId });
    if (!reply.ok) return false;
    const now = clock.now();
    const { query } = store.getState().inbox;
    const filter = conversationFilter(reply.data.facts, now);
    const isOpen = store.getState().thread.conversationId === conversationId;
    if (isOpen && query.filter !== 'all' && query.filter !== filter) {
      leaving = null;
      reading.showQuery({ ...query, filter });
    }
    return serviceWindow(reply.data.facts, now).state !== 'open';
  }

  async function perform(aim: Aim, actions: readonly Action[], confirmed: boolean): Promise<void> {
    const openBefore = store.getState().thread.conversationId;
    const [first] = actions;
    if (first === undefined) return;
    expectLeaving(aim);
    const actionIds: string[] = [];
    let count = 0;
    for (const action of actions) {
      const reply = await client.call('conversation.act', { target: targetOf(aim), action, confirmed });
      if (reply.ok) {
        actionIds.push(reply.data.actionId);
        count = Math.max(count, reply.data.count);
      } else if (reply.error.code === 'unseen_messages') {
        leaving = null;
        changeUi({
          question: { kind: 'unseen', aim, actions, count: reply.error.count ?? 1, appointmentAt: null },
        });
        return;
      } else {
        leaving = null;
        toast(`errors.${reply.error.code}`);
      }
    }
    if (actionIds.length === 0) return;
    let key = doneKey(first);
    const [only] = aim.kind === 'these' && aim.ids.length === 1 ? aim.ids : [];
    const isOpening = first.type === 'reopen' || first.type === 'unmarkSpam';
    if (isOpening && only !== undefined) {
      const needsTemplate = await follow(only);
      if (needsTemplate && first.type === 'reopen') key = 'done.reopenTemplate';
    }
    const { inbox } = store.getState();
    if (aimCount(aim) > 1) store.setState({ inbox: { ...inbox, selection: noSelection } });
    const back = only !== undefined && only === openBefore ? only : null;
    changeUi({ done: { id: ++lastDone, key, count, actionIds, back } });
  }

  return {
    act(aim, ...actions) {
      const question = questionFor(aim, actions);
      if (question === null) void perform(aim, actions, false);
      else changeUi({ question });
    },
    undo() {
      const { done } = store.getState().ui;
      if (done === null) return;
      changeUi({ done: null });
      leaving = null;
      void (async () => {
        for (const actionId of done.actionIds.toReversed()) {
          const reply = await client.call('action.undo', { actionId });
          if (!reply.ok) return toast(`errors.${reply.error.code}`);
        }
        toast('done.undone', 'info');
        if (done.back !== null && store.getState().thread.conversationId !== done.back) {
          changeUi({ composerFocus: 0 });
          reading.open(done.back);
          changeUi({ listFocus: store.getState().ui.listFocus + 1 });
        }
      })();
    },
    answerQuestion(isConfirmed) {
      const { question } = store.getState().ui;
      changeUi({ question: null });
      if (isConfirmed && question !== null) void perform(question.aim, question.actions, true);
    },
    async change(name, input) {
      const reply = await client.call(name, input);
      if (!reply.ok) toast(`errors.${reply.error.code}`);
      reading.refreshDirectory();
      reading.refreshCounts();
      return reply;
    },
    async administer(name, input) {
      const reply = await client.call(name, input);
      if (name.startsWith('agent.')) reading.refreshDirectory();
      return reply;
    },
    async addNote(conversationId, text, mentionedAgentIds) {
      const reply = await client.call('note.add', {
        conversationId,
        text,
        mentionedAgentIds: [...mentionedAgentIds],
      });
      if (reply.ok) return null;
      toast(`errors.${reply.error.code}`);
      return reply.error;
    },
    async listAppointments(patientId) {
      const reply = await client.call('appointment.list', { patientId });
      return reply.ok ? reply.data.appointments : null;
    },
    async match(query) {
      const reply = await client.call('inbox.match', { query });
      return reply.ok ? reply.data.count : null;
    },
    selectMatching() {
      const { query, generation } = store.getState().inbox;
      void client.call('inbox.match', { query }).then((reply) => {
        const { inbox } = store.getState();
        if (!reply.ok || inbox.generation !== generation) return;
        const selection = { ...inbox.selection, matching: reply.data.count };
        store.setState({ inbox: { ...inbox, selection } });
      });
    },
  };
}
