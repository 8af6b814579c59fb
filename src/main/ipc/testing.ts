/** A desk whose store answers what a test puts in, and which keeps what was queued. */
import {
  DEFAULT_CLINIC_SETTINGS,
  isBlocked,
  readCommand,
  type Command,
  type ConversationFacts,
  type KnownCommand,
  type OutgoingMedia,
  type Template,
} from '@recado/protocol';
import type { ConversationDetail, Directory } from '../../shared/contract/index.ts';
import type { MediaFailure, OpenedMedia } from '../files/interface.ts';
import type { ChangeSet, LocalFile } from '../store/interface.ts';
import type { Desk, SaveFile } from './desk.ts';

export const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const HOUR = 3_600_000;
const idOf = (number: number) => `018f3f2e-7c1a-7000-8000-${String(number).padStart(12, '0')}`;
export const CONVERSATION = idOf(1);
export const ME = idOf(2);

const nothing: ChangeSet = { conversationIds: [], overflow: false, reference: false };

export function detailOf(changes: Partial<ConversationDetail> = {}): ConversationDetail {
  return {
    conversationId: CONVERSATION,
    displayName: 'Lucía Ejemplo',
    isOnFile: true,
    profileName: 'Lu',
    patientId: idOf(3),
    patientName: 'Lucía Ejemplo',
    language: 'es',
    remindersOff: false,
    phone: '+34 600 11 12 22',
    note: '',
    facts: {
      spam: false,
      closed: false,
      handler: 'human',
      lastInboundSentAt: NOW - HOUR,
      windowExpiresAt: NOW + 23 * HOUR,
      lastInteractionAt: NOW - HOUR,
      lastMessageDirection: 'inbound',
      unread: 0,
    },
    tags: [],
    assignees: [],
    teams: [],
    participants: [],
    nextAppointment: null,
    lastAppointment: null,
    pinned: false,
    snoozedUntil: null,
    draft: { text: '', caret: null, replyTo: null, files: [], fileViews: [] },
    ...changes,
  };
}

export function mediaOf(number: number, changes: Partial<OutgoingMedia> = {}): OutgoingMedia {
  return {
    mediaId: idOf(number),
    kind: 'document',
    mimeType: 'application/pdf',
    fileName: 'informe.pdf',
    sizeBytes: 1_000,
    sha256: '0'.repeat(64),
    voice: false,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
    ...changes,
  };
}

export interface Held {
  detail: ConversationDetail | null;
  media: OutgoingMedia[];
  templates: Template[];
  directory: Partial<Directory>;
  answer: { authorName: string | null; text: string | null } | null;
  unsent: Command | null;
  items: { messageId: string; state: string; isTemplate?: boolean }[];
  patients: { conversationId: string; phone: string }[];
  discarded: boolean;
  opened: OpenedMedia;
  fetched: MediaFailure | null;
  saveFile: SaveFile;
}

export function createTestDesk(given: Partial<Held> = {}) {
  const held: Held = {
    detail: detailOf(),
    media: [],
    templates: [],
    directory: {},
    answer: null,
    unsent: null,
    items: [],
    patients: [],
    discarded: false,
    opened: { ok: false, reason: 'not_found' },
    fetched: null,
    saveFile: async () => ({ isSaved: true }),
    ...given,
  };
  const queued: { commands: KnownCommand[]; holdUntil: number | null; keepsDraft: boolean }[] = [];
  const retried: Command[] = [];
  const values = new Map<string, unknown>();
  let now = NOW;

  const enqueueCommands = async (input: {
    commands: Command[];
    holdUntil?: number | null;
    keepsDraft?: boolean;
  }) => {
    const commands = input.commands.map((command) => {
      const known = readCommand(command);
      if (known === null) throw new TypeError(`${command.type} is not a command`);
      return known;
    });
    queued.push({ commands, holdUntil: input.holdUntil ?? null, keepsDraft: input.keepsDraft ?? false });
    return nothing;
  };
  const directory: Directory = {
    agents: [
      { id: ME, name: 'Marta Ruiz', role: 'admin', active: true, isMe: true, email: null, invited: false },
    ],
    teams: [],
    tags: [],
    quickReplies: [],
    numbers: [{ id: '200', displayPhone: '+34910000000' }],
    settings: DEFAULT_CLINIC_SETTINGS,
    ...held.directory,
  };
  const read = {
    conversationDetail: async () => held.detail,
    directory: async () => directory,
    templates: async () => held.templates,
    answerAfter: async () => held.answer,
    unsentCommand: async () => held.unsent,
    localValue: async ({ key }: { key: string }) => values.get(key) ?? null,
    localFile: async ({ fileId }: { fileId: string }): Promise<LocalFile | null> => {
      const media = held.media.find(({ mediaId }) => mediaId === fileId);
      if (media === undefined) return null;
      const { fileName, mimeType, sizeBytes, voice } = media;
      return { fileId, media, fileName, mimeType, sizeBytes, voice, isUploaded: false, addedAt: NOW };
    },
    mediaFacts: async () => ({
      mimeType: 'image/png',
      fileName: 'plano.png',
      sizeBytes: 10,
      sha256: '1'.repeat(64),
    }),
    mediaPage: async () => ({ items: [], next: null }),
    threadPage: async () => ({
      items: held.items.map(({ messageId, state, isTemplate }) => ({
        messageId,
        delivery: { state },
        content: isTemplate === true ? { template: {} } : {},
      })),
    }),
    search: async () => ({
      patients: held.patients.map(({ conversationId, phone }) => ({
        conversationId,
        phone: [
          { text: phone.slice(0, 4), isMatch: true },
          { text: phone.slice(4), isMatch: false },
        ],
      })),
    }),
  };
  const write = {
    enqueueCommands,
    setLocalValue: async ({ key, value }: { key: string; value: unknown }) => {
      values.set(key, value);
    },
    retryRefused: async ({ command }: { command: Command }) => {
      retried.push(command);
      return { retried: true, changes: nothing };
    },
    discardMessage: async () => ({ discarded: held.discarded, changes: nothing }),
  };
  const desk = {
    store: { read, write },
    clock: { now: () => now },
    decideSend: (facts: Pick<ConversationFacts, 'spam' | 'windowExpiresAt' | 'blockState'>, at: number) => {
      if (facts.spam) return { allowed: false, code: 'conversation_is_spam' };
      if (isBlocked(facts)) return { allowed: false, code: 'conversation_blocked' };
      const notAfter = facts.windowExpiresAt;
      if (notAfter === null || at >= notAfter) return { allowed: false, code: 'window_closed' };
      return { allowed: true, notAfter };
    },
    enqueue: async (command: Command) => {
      await enqueueCommands({ commands: [command] });
    },
    announce: () => undefined,
    timeZone: 'Europe/Madrid',
    clinicName: 'Clínica Alameda',
    media: { open: async () => held.opened, fetch: async () => held.fetched },
    saveFile: held.saveFile,
    whileWithdrawn: <Value>(_messageId: string, step: () => Promise<Value>) => step(),
  } as unknown as Desk;
  return {
    findDesk: () => desk,
    queued,
    retried,
    pass(milliseconds: number) {
      now += milliseconds;
    },
    /** Arguments of everything queued, in order. */
    sent: () => queued.flatMap(({ commands }) => commands.map(({ args }) => args)),
  };
}
