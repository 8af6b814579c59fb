import type { ConversationDetail, InboxQuery, InboxRow, Target } from '../../shared/contract/index.ts';
import type { Selection } from './selection.ts';
import type { State } from './store.ts';

/** The conversations something is done to: named ones, or all that match what the list shows. */
export type Aim =
  { kind: 'these'; ids: readonly string[] } | { kind: 'matching'; query: InboxQuery; count: number };

export const these = (...ids: string[]): Aim => ({ kind: 'these', ids });

export const aimCount = (aim: Aim): number => (aim.kind === 'these' ? aim.ids.length : aim.count);

export const targetOf = (aim: Aim): Target =>
  aim.kind === 'these' ? { conversationIds: [...aim.ids] } : { query: aim.query };

/** What is picked in the list; null when nothing is. */
export function aimOfSelection(selection: Selection, query: InboxQuery): Aim | null {
  if (selection.matching !== null) return { kind: 'matching', query, count: selection.matching };
  return selection.ids.length > 0 ? { kind: 'these', ids: selection.ids } : null;
}

/** What the window knows of a conversation it can act on: of its row, or of the open thread. */
export interface Subject {
  conversationId: string;
  displayName: string | null;
  facts: InboxRow['facts'];
  pinned: boolean;
  snoozedUntil: number | null;
  tagIds: readonly string[];
  agentIds: readonly string[];
  /** Only the open conversation tells its teams; null when they are not known. */
  teamIds: readonly string[] | null;
  nextAppointmentAt: number | null;
}

const idsOf = (list: readonly { id: string }[]): string[] => list.map((each) => each.id);

export function subjectOfRow(row: InboxRow): Subject {
  return {
    ...row,
    tagIds: idsOf(row.tags),
    agentIds: idsOf(row.assignees),
    teamIds: null,
  };
}

export function subjectOfDetail(detail: ConversationDetail): Subject {
  return {
    ...detail,
    tagIds: idsOf(detail.tags),
    agentIds: idsOf(detail.assignees),
    teamIds: idsOf(detail.teams),
    nextAppointmentAt: detail.nextAppointment?.startsAt ?? null,
  };
}

/** The open conversation knows most; any other one is known by its row. Null when it is neither. */
export function findSubject(state: Pick<State, 'inbox' | 'thread'>, conversationId: string): Subject | null {
  const { detail } = state.thread;
  if (detail?.conversationId === conversationId) return subjectOfDetail(detail);
  const row = state.inbox.rows.find((each) => each.conversationId === conversationId);
  return row === undefined ? null : subjectOfRow(row);
}

/** All that is known of those aimed at; nothing of those that merely match. */
export function subjectsOf(state: Pick<State, 'inbox' | 'thread'>, aim: Aim): Subject[] {
  return aim.kind === 'these' ? aim.ids.flatMap((id) => findSubject(state, id) ?? []) : [];
}
