import type { ConversationDetail, InboxRow, ThreadItem } from '../../shared/contract/index.ts';

/** A stable UUID for a number, so that tests and previews can name things. */
export function idOf(group: number, index: number): string {
  return `${group.toString(16).padStart(8, '0')}-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

export function buildFacts(changes: Partial<InboxRow['facts']> = {}): InboxRow['facts'] {
  return {
    spam: false,
    closed: false,
    handler: 'human',
    lastInboundSentAt: null,
    windowExpiresAt: null,
    lastInteractionAt: null,
    lastMessageDirection: null,
    unread: 0,
    ...changes,
  };
}

export function buildRow(changes: Partial<InboxRow> = {}): InboxRow {
  return {
    conversationId: idOf(1, 1),
    displayName: 'Lucía Martín',
    isOnFile: true,
    facts: buildFacts(),
    lastMessage: null,
    lastActivityAt: 0,
    tags: [],
    nextAppointmentAt: null,
    pinned: false,
    snoozedUntil: null,
    assignees: [],
    unsent: 0,
    failed: 0,
    hasDraft: false,
    ...changes,
  };
}

export function buildItem(changes: Partial<ThreadItem> = {}): ThreadItem {
  return {
    messageId: idOf(2, 1),
    ordinal: 1,
    direction: 'inbound',
    kind: 'text',
    text: 'Hola',
    content: {},
    author: { kind: 'patient', name: null, isMe: false },
    sentAt: 0,
    isLate: false,
    delivery: null,
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

export function buildDraft(text = ''): ConversationDetail['draft'] {
  return { text, caret: null, replyTo: null, files: [], fileViews: [] };
}

/** A file of a message, as the relay tells it. */
export function buildMedia(
  changes: Partial<NonNullable<ThreadItem['content']['media']>>,
): NonNullable<ThreadItem['content']['media']> {
  return {
    id: null,
    mimeType: 'application/pdf',
    fileName: null,
    sizeBytes: null,
    voice: false,
    sha256: null,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
    failure: null,
    ...changes,
  };
}

export function buildDetail(changes: Partial<ConversationDetail> = {}): ConversationDetail {
  return {
    conversationId: idOf(1, 1),
    displayName: 'Lucía Martín',
    isOnFile: true,
    profileName: null,
    patientId: idOf(12, 1),
    patientName: 'Lucía Martín',
    language: null,
    remindersOff: false,
    phone: '+34 600 11 12 22',
    note: '',
    facts: buildFacts(),
    tags: [],
    assignees: [],
    teams: [],
    participants: [],
    nextAppointment: null,
    lastAppointment: null,
    pinned: false,
    snoozedUntil: null,
    draft: buildDraft(),
    ...changes,
  };
}
