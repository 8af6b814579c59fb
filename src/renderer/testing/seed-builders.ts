import type { ConversationDetail, InboxRow, ThreadItem } from '../../shared/contract/index.ts';
import { buildDraft, idOf } from './builders.ts';

/** A conversation of the made-up clinic: what a row, the panel and the thread are built from. */
export interface SeededConversation {
  row: InboxRow;
  detail: ConversationDetail;
  items: ThreadItem[];
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The next half hour, as appointments start. */
export const halfHour = (at: number): number => Math.ceil(at / (30 * MINUTE)) * 30 * MINUTE;

export const TAGS = {
  budget: { id: idOf(9, 1), name: 'Presupuesto enviado', color: '#d97706' },
  doubts: { id: idOf(9, 2), name: 'Dudas sobre tratamiento', color: '#2563eb' },
  first: { id: idOf(9, 3), name: 'Primera visita', color: '#7c3aed' },
  insurer: { id: idOf(9, 4), name: 'Mutua pendiente de autorizar', color: '#0d9488' },
};
export const AGENTS = {
  marta: { id: idOf(8, 1), name: 'Marta Ruiz' },
  david: { id: idOf(8, 2), name: 'David León' },
  ines: { id: idOf(8, 3), name: 'Inés Peña' },
};

export const TEAMS = {
  reception: { id: idOf(5, 1), name: 'Recepción' },
  administration: { id: idOf(5, 2), name: 'Administración' },
};

let lastOrdinal = 0;

export function buildMessage(sentAt: number, changes: Partial<ThreadItem>): ThreadItem {
  const ordinal = ++lastOrdinal;
  const isOut = changes.direction === 'outbound';
  return {
    messageId: idOf(2, ordinal),
    ordinal,
    direction: 'inbound',
    kind: 'text',
    text: null,
    content: {},
    author: isOut
      ? { kind: 'agent', name: AGENTS.marta.name, isMe: true }
      : { kind: 'patient', name: null, isMe: false },
    sentAt,
    isLate: false,
    delivery: isOut ? { state: 'read', error: null, canRetry: false, canDiscard: false } : null,
    reactions: [],
    isEdited: false,
    isRevoked: false,
    edits: [],
    replyTo: null,
    sendAt: null,
    heldUntil: null,
    ...changes,
  };
}

interface Plan {
  name: string | null;
  phone: string | null;
  items: ThreadItem[];
  unread?: number;
  facts?: Partial<InboxRow['facts']>;
  row?: Partial<InboxRow>;
  detail?: Partial<ConversationDetail>;
}

/** Works out row and facts from the messages, as the relay would. */
export function buildConversation(index: number, plan: Plan): SeededConversation {
  const { items } = plan;
  const inbound = items.filter((item) => item.direction === 'inbound');
  const spoken = items.filter((item) => item.direction !== 'internal');
  const last = spoken.at(-1);
  const lastInboundSentAt = inbound.at(-1)?.sentAt ?? null;
  const conversationId = idOf(1, index);
  const isOnFile = plan.name !== null;
  const facts: InboxRow['facts'] = {
    spam: false,
    closed: false,
    handler: 'human',
    lastInboundSentAt,
    windowExpiresAt: lastInboundSentAt === null ? null : lastInboundSentAt + DAY,
    lastInteractionAt: last?.sentAt ?? null,
    lastMessageDirection: last === undefined ? null : last.direction === 'inbound' ? 'inbound' : 'outbound',
    unread: plan.unread ?? 0,
    ...plan.facts,
  };
  const row: InboxRow = {
    conversationId,
    displayName: plan.name ?? plan.phone,
    isOnFile,
    facts,
    lastMessage: last
      ? {
          direction: last.direction,
          kind: last.kind,
          text: last.isRevoked ? null : last.text,
          author: last.author,
          sentAt: last.sentAt,
          deliveryState: last.delivery?.state ?? null,
        }
      : null,
    lastActivityAt: last?.sentAt ?? 0,
    tags: [],
    nextAppointmentAt: null,
    pinned: false,
    snoozedUntil: null,
    assignees: [],
    unsent: 0,
    failed: items.filter((item) => item.delivery?.state === 'failed').length,
    hasDraft: false,
    ...plan.row,
  };
  const detail: ConversationDetail = {
    conversationId,
    displayName: row.displayName,
    isOnFile,
    profileName: null,
    patientId: idOf(12, index),
    patientName: plan.name,
    language: null,
    remindersOff: false,
    phone: plan.phone,
    note: '',
    facts,
    tags: row.tags,
    assignees: row.assignees,
    teams: [],
    participants: items.some((item) => item.direction === 'outbound')
      ? [{ ...AGENTS.marta, lastAt: row.lastActivityAt }]
      : [],
    nextAppointment: null,
    lastAppointment: null,
    pinned: row.pinned,
    snoozedUntil: row.snoozedUntil,
    draft: buildDraft(),
    ...plan.detail,
  };
  return { row, detail, items };
}
