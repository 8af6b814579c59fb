import type { ConversationDetail, TemplateView, TransferView } from '../../shared/contract/index.ts';
import type { FileRefusal } from '../lib/stage-file.ts';

/** What is being written to one patient. */
export type Draft = ConversationDetail['draft'];

/** A file on its way into this PC's own files. */
export interface TakingIn {
  id: number;
  conversationId: string;
  fileName: string;
  sizeBytes: number;
  doneBytes: number;
}

/** A file WhatsApp would not take, with what can be done about it. */
export interface RefusedFile {
  id: number;
  conversationId: string;
  fileName: string;
  refusal: FileRefusal;
  /** The picture, where making it smaller would help. */
  shrinkable: File | null;
}

/** What was sent last, while it can be taken back. */
export interface Sent {
  id: number;
  kind: 'message' | 'quickReply' | 'template';
  conversationId: string;
  displayName: string | null;
  messageIds: readonly string[];
  /** Relay time. */
  until: number;
  /** What goes back into the composer; null when nothing was taken out of it. */
  draft: Draft | null;
}

/** Everything of answering that outlives the component it is seen in. */
export interface AnsweringState {
  /** By conversation, as far as they were touched in this window. */
  drafts: Readonly<Record<string, Draft>>;
  takingIn: readonly TakingIn[];
  refusedFiles: readonly RefusedFile[];
  /** Files on their way from this PC to the relay. */
  transfers: readonly TransferView[];
  sent: Sent | null;
  /** Null until they have been asked for. */
  templates: readonly TemplateView[] | null;
  /** What is open over the window. */
  over: Over | null;
}

export type Over =
  | {
      kind: 'templates';
      /** Whom it is for; several get one each. */
      conversationIds: readonly string[];
      /** What was being written, offered as the reason. */
      motivo: string;
    }
  | { kind: 'newConversation' }
  | { kind: 'viewer'; conversationId: string; messageId: string }
  | { kind: 'files'; conversationId: string };

export const initialAnswering: AnsweringState = {
  drafts: {},
  takingIn: [],
  refusedFiles: [],
  transfers: [],
  sent: null,
  templates: null,
  over: null,
};

export const emptyDraft: Draft = { text: '', caret: null, replyTo: null, files: [], fileViews: [] };

export const isEmptyDraft = (draft: Draft): boolean =>
  draft.text.trim() === '' && draft.files.length === 0 && draft.replyTo === null;

/** How long what was sent can be taken back, milliseconds. */
export const UNDO_SEND_MS = 5_000;
