import { composerMode } from '@recado/protocol';
import type {
  CallError,
  CallInput,
  ConversationDetail,
  FileView,
  MediaListPage,
  ThreadCursor,
  TemplateView,
} from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Drafts } from '../lib/drafts.ts';
import { shareList } from '../lib/share.ts';
import { shrinkImage } from '../lib/shrink-image.ts';
import { stageFile, type FileFacts, type FileRefusal } from '../lib/stage-file.ts';
import {
  emptyDraft,
  isEmptyDraft,
  UNDO_SEND_MS,
  type AnsweringState,
  type Draft,
  type Over,
  type Sent,
  type TakingIn,
} from './answering-state.ts';
import type { PresenceTeller } from './presence.ts';
import type { Reading } from './reading.ts';
import type { Store, Toast, UiState } from './store.ts';
import { newestOrdinal } from './thread.reduce.ts';

export interface AnsweringDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  drafts: Drafts<Draft>;
  reading: Reading;
  presence: PresenceTeller;
  open(conversationId: string): void;
  changeUi(change: Partial<UiState>): void;
  toast(key: Toast['key'], tone?: Toast['tone'], values?: Toast['values']): void;
}

/** How a message is sent besides its words. */
export interface SendOptions {
  /** Relay time; null for now. */
  sendAt?: number | null;
  /** Sends although somebody else has answered meanwhile. */
  isForced?: boolean;
}

/** Writing to patients, and taking it back. */
export interface Answering {
  changeDraft(conversationId: string, change: Partial<Draft>): void;
  /** Quotes a message of the open conversation; null quotes none. */
  replyTo(messageId: string | null): void;
  /** Sends what is written to a conversation; the error when it stayed. */
  sendDraft(conversationId: string, options?: SendOptions): Promise<CallError | null>;
  /** A saved text, filled in, at once. */
  sendQuickReply(
    conversationId: string,
    quickReply: { id: string; file: FileView | null },
    text: string,
  ): Promise<CallError | null>;
  /** A voice note that was taken in already. */
  sendVoice(conversationId: string, file: FileView): Promise<CallError | null>;
  /** Brings back what was sent last, as long as it has not left. */
  undoSend(): Promise<void>;
  /** What was sent has left. */
  forgetSent(): void;
  /** What was sent and can be taken back for a while. */
  noteSent(sent: Omit<Sent, 'id' | 'until' | 'displayName'>): void;
  attach(conversationId: string, files: readonly File[]): void;
  takeIn(
    file: File,
    options: { isVoice?: boolean; facts?: FileFacts },
  ): Promise<{ file: FileView } | { refusal: FileRefusal } | { error: CallError }>;
  cancelTakingIn(id: number): void;
  removeFile(conversationId: string, fileId: string): void;
  dismissRefused(id: number): void;
  shrinkRefused(id: number): Promise<void>;
  /** Brings a file to this PC; whether it is there. */
  fetchMedia(mediaId: string): Promise<boolean>;
  saveMedia(mediaId: string, fileName: string): void;
  /** Files of a conversation, newest first; null when they cannot be read. */
  listMedia(
    conversationId: string,
    before: ThreadCursor | null,
    limit: number,
  ): Promise<MediaListPage | null>;
  react(conversationId: string, messageId: string, emoji: string | null): void;
  retryMessage(conversationId: string, messageId: string): void;
  discardMessage(conversationId: string, messageId: string): void;
  readTemplates(): Promise<void>;
  /** Reads them again where they have been read before. */
  refreshTemplates(): void;
  setFavourite(templateId: string, isFavourite: boolean): void;
  /** A filled-in template to one patient. With `draft`, what its words were taken from, which is then empty. */
  sendTemplate(
    input: Omit<CallInput<'message.sendTemplate'>, 'undoableForMs'>,
    draft: Draft | null,
  ): Promise<CallError | null>;
  /** The same to one of many, without a way back. */
  sendTemplateToOne(
    input: Omit<CallInput<'message.sendTemplate'>, 'undoableForMs'>,
  ): Promise<CallError | null>;
  /** Who a conversation is with; null when it cannot be read. */
  readDetail(conversationId: string): Promise<ConversationDetail | null>;
  /** Begins a conversation with a number, or finds the one there is, and goes on to the templates. */
  startConversation(phone: string, name: string): Promise<CallError | null>;
  showOver(over: Over | null): void;
  /** Takes what was being written to the templates, as the reason. */
  pickTemplate(conversationIds: readonly string[]): void;
}

export function createAnswering(dependencies: AnsweringDependencies): Answering {
  const { store, client, clock, drafts, reading, presence, open, changeUi, toast } = dependencies;
  const cancels = new Map<number, AbortController>();
  /** The newest message on screen when each draft began: someone else may answer while it is being written. */
  const basedOn = new Map<string, number>();
  let lastId = 0;

  const change = (part: Partial<AnsweringState>): void =>
    store.setState(({ answering }) => ({ answering: { ...answering, ...part } }));

  function draftOf(conversationId: string): Draft {
    const { answering, thread } = store.getState();
    const touched = answering.drafts[conversationId];
    if (touched !== undefined) return touched;
    return thread.detail?.conversationId === conversationId ? thread.detail.draft : emptyDraft;
  }

  function setDraft(conversationId: string, draft: Draft): void {
    const { answering } = store.getState();
    change({ drafts: { ...answering.drafts, [conversationId]: draft } });
    drafts.type(conversationId, draft);
  }

  function changeDraft(conversationId: string, part: Partial<Draft>): void {
    const before = draftOf(conversationId);
    const draft = { ...before, ...part };
    const { thread } = store.getState();
    if (isEmptyDraft(before) && thread.conversationId === conversationId) {
      basedOn.set(conversationId, newestOrdinal(thread.items));
    }
    setDraft(conversationId, draft);
    if (draft.text === before.text) return;
    if (draft.text === '') presence.stopTyping();
    else presence.type();
  }

  const nameOf = (conversationId: string): string | null => {
    const { thread, inbox } = store.getState();
    return thread.detail?.conversationId === conversationId
      ? thread.detail.displayName
      : (inbox.rows.find((row) => row.conversationId === conversationId)?.displayName ?? null);
  };

  function noteSent(sent: Omit<Sent, 'id' | 'until' | 'displayName'>): void {
    const until = clock.now() + UNDO_SEND_MS;
    change({ sent: { ...sent, id: ++lastId, until, displayName: nameOf(sent.conversationId) } });
  }

  /** By the clock of this instant, not of the last tick: the window may have closed between them. */
  function isFree(conversationId: string): boolean {
    const { thread, inbox } = store.getState();
    const facts =
      thread.detail?.conversationId === conversationId
        ? thread.detail.facts
        : inbox.rows.find((row) => row.conversationId === conversationId)?.facts;
    return facts !== undefined && composerMode(facts, clock.now()) === 'free';
  }

  const holdMs = (sendAt: number | null): number =>
    sendAt === null && store.getState().ui.preferences.undoesSending ? UNDO_SEND_MS : 0;

  /** What was sent is at the end, wherever one was reading; what was not is said. */
  function afterSending(error: CallError | null): CallError | null {
    if (error === null) reading.showNewest();
    else {
      // The composer itself shows what was answered meanwhile.
      if (error.code !== 'answered_meanwhile') toast(`errors.${error.code}`);
      reading.refreshThread();
    }
    return error;
  }

  /** What was taken out of a composer goes back above whatever was written since. */
  function restore(conversationId: string, draft: Draft): void {
    const now = draftOf(conversationId);
    const text = now.text === '' ? draft.text : `${draft.text}\n${now.text}`;
    setDraft(conversationId, {
      text,
      caret: draft.text.length,
      replyTo: draft.replyTo ?? now.replyTo,
      files: [...draft.files, ...now.files],
      fileViews: [...draft.fileViews, ...now.fileViews],
    });
  }

  async function tell(answer: Promise<{ ok: true } | { ok: false; error: CallError }>): Promise<void> {
    const reply = await answer;
    if (!reply.ok) toast(`errors.${reply.error.code}`);
  }

  async function takeIn(
    conversationId: string | null,
    file: File,
    options: { isVoice?: boolean; facts?: FileFacts },
  ) {
    const id = ++lastId;
    const controller = new AbortController();
    cancels.set(id, controller);
    const isShown = conversationId !== null;
    const set = (to: (held: readonly TakingIn[]) => readonly TakingIn[]): void => {
      if (isShown) change({ takingIn: to(store.getState().answering.takingIn) });
    };
    if (isShown) {
      const { name: fileName, size: sizeBytes } = file;
      set((held) => [...held, { id, conversationId, fileName, sizeBytes, doneBytes: 0 }]);
    }
    const staged = await stageFile(client, file, {
      ...options,
      signal: controller.signal,
      onProgress: (doneBytes) =>
        set((held) => held.map((each) => (each.id === id ? { ...each, doneBytes } : each))),
    });
    cancels.delete(id);
    set((held) => held.filter((each) => each.id !== id));
    return staged;
  }

  async function attachOne(conversationId: string, file: File): Promise<void> {
    const staged = await takeIn(conversationId, file, {});
    if (staged.ok) {
      const { files, fileViews } = draftOf(conversationId);
      changeDraft(conversationId, {
        files: [...files, { fileId: staged.file.fileId, caption: '' }],
        fileViews: [...fileViews, staged.file],
      });
    } else if (staged.reason === 'refused') {
      const { refusal } = staged;
      const isPicture = refusal.kind === 'image' || file.type.startsWith('image/');
      const { refusedFiles } = store.getState().answering;
      const shrinkable = refusal.remedy !== null && isPicture ? file : null;
      change({
        refusedFiles: [
          ...refusedFiles,
          { id: ++lastId, conversationId, fileName: file.name, refusal, shrinkable },
        ],
      });
    } else if (staged.reason === 'failed') toast(`errors.${staged.error.code}`);
  }

  async function attachAll(conversationId: string, files: readonly File[]): Promise<void> {
    // One after the other: they stand in the order they were chosen in.
    for (const file of files) await attachOne(conversationId, file);
  }

  async function readTemplates(): Promise<void> {
    const reply = await client.call('template.list', {});
    if (reply.ok) change({ templates: shareList(held(), reply.data.templates, (each) => each.id) });
    else toast(`errors.${reply.error.code}`);
  }
  const held = (): readonly TemplateView[] => store.getState().answering.templates ?? [];

  const dismissRefused = (id: number): void =>
    change({ refusedFiles: store.getState().answering.refusedFiles.filter((each) => each.id !== id) });

  return {
    changeDraft,
    replyTo(messageId) {
      const { conversationId } = store.getState().thread;
      if (conversationId === null) return;
      changeDraft(conversationId, { replyTo: messageId });
      changeUi({ isNoting: false, composerFocus: store.getState().ui.composerFocus + 1 });
    },
    async sendDraft(conversationId, { sendAt = null, isForced = false } = {}) {
      const draft = draftOf(conversationId);
      if (!isFree(conversationId)) return { code: 'window_closed' };
      const based = isForced ? null : (basedOn.get(conversationId) ?? null);
      const undoableForMs = holdMs(sendAt);
      setDraft(conversationId, emptyDraft);
      presence.stopTyping();
      const reply = await client.call('message.send', {
        conversationId,
        text: draft.text.trim(),
        attachments: draft.files.map(({ fileId, caption }) => ({ fileId, caption: caption.trim() || null })),
        replyTo: draft.replyTo,
        sendAt,
        undoableForMs,
        basedOnOrdinal: based,
      });
      if (reply.ok) {
        basedOn.delete(conversationId);
        const { refusedFiles } = store.getState().answering;
        change({ refusedFiles: refusedFiles.filter((each) => each.conversationId !== conversationId) });
        if (undoableForMs > 0) {
          noteSent({ kind: 'message', conversationId, messageIds: reply.data.messageIds, draft });
        }
      } else restore(conversationId, draft);
      return afterSending(reply.ok ? null : reply.error);
    },
    async sendQuickReply(conversationId, quickReply, text) {
      if (!isFree(conversationId)) return afterSending({ code: 'window_closed' });
      const reply = await client.call('message.send', {
        conversationId,
        text,
        quickReplyId: quickReply.file === null ? null : quickReply.id,
        undoableForMs: UNDO_SEND_MS,
      });
      if (reply.ok) {
        const { messageIds } = reply.data;
        noteSent({ kind: 'quickReply', conversationId, messageIds, draft: null });
      }
      return afterSending(reply.ok ? null : reply.error);
    },
    async sendVoice(conversationId, file) {
      if (!isFree(conversationId)) return afterSending({ code: 'window_closed' });
      const undoableForMs = holdMs(null);
      const { replyTo } = draftOf(conversationId);
      const reply = await client.call('message.send', {
        conversationId,
        text: '',
        attachments: [{ fileId: file.fileId, caption: null }],
        replyTo,
        undoableForMs,
      });
      if (reply.ok) {
        const { messageIds } = reply.data;
        if (replyTo !== null) changeDraft(conversationId, { replyTo: null });
        if (undoableForMs > 0) {
          noteSent({ kind: 'message', conversationId, messageIds, draft: null });
        }
      }
      return afterSending(reply.ok ? null : reply.error);
    },
    noteSent,
    forgetSent: () => change({ sent: null }),
    async undoSend() {
      const { sent } = store.getState().answering;
      if (sent === null) return;
      change({ sent: null });
      const { conversationId, messageIds, draft } = sent;
      for (const messageId of messageIds) {
        const reply = await client.call('message.discard', { conversationId, messageId });
        if (!reply.ok) return toast(`errors.${reply.error.code}`);
      }
      if (draft !== null) restore(conversationId, draft);
      if (store.getState().thread.conversationId !== conversationId) open(conversationId);
      else changeUi({ composerFocus: store.getState().ui.composerFocus + 1 });
    },
    attach: (conversationId, files) => void attachAll(conversationId, files),
    async takeIn(file, options) {
      const staged = await takeIn(null, file, options);
      if (staged.ok) return { file: staged.file };
      if (staged.reason === 'refused') return { refusal: staged.refusal };
      return { error: staged.reason === 'failed' ? staged.error : { code: 'internal' } };
    },
    cancelTakingIn: (id) => cancels.get(id)?.abort(),
    removeFile(conversationId, fileId) {
      const { files, fileViews } = draftOf(conversationId);
      changeDraft(conversationId, {
        files: files.filter((each) => each.fileId !== fileId),
        fileViews: fileViews.filter((each) => each.fileId !== fileId),
      });
      // A saved text's own file stays with it.
      const isSaved = store.getState().directory?.quickReplies.some(({ file }) => file?.fileId === fileId);
      if (!isSaved) void client.call('file.discard', { fileId });
    },
    dismissRefused,
    async shrinkRefused(id) {
      const refused = store.getState().answering.refusedFiles.find((each) => each.id === id);
      if (!refused?.shrinkable) return;
      dismissRefused(id);
      const limit = refused.refusal.limitBytes ?? Number.MAX_SAFE_INTEGER;
      const smaller = await shrinkImage(refused.shrinkable, limit);
      if (smaller === null) toast('files.shrinkFailed', 'error', { name: refused.fileName });
      else await attachOne(refused.conversationId, smaller);
    },
    async fetchMedia(mediaId) {
      const reply = await client.call('media.fetch', { mediaId });
      if (!reply.ok) toast(`errors.${reply.error.code}`);
      return reply.ok;
    },
    saveMedia: (mediaId, fileName) =>
      void client.call('media.save', { mediaId, fileName }).then((reply) => {
        if (!reply.ok) toast(`errors.${reply.error.code}`);
        else if (reply.data.isSaved) toast('media.saved', 'info', { name: fileName });
      }),
    async listMedia(conversationId, before, limit) {
      const reply = await client.call('media.list', { conversationId, before, limit });
      return reply.ok ? reply.data : null;
    },
    react: (conversationId, messageId, emoji) =>
      void tell(client.call('message.react', { conversationId, messageId, emoji })),
    retryMessage: (conversationId, messageId) =>
      void tell(client.call('message.retry', { conversationId, messageId })),
    discardMessage: (conversationId, messageId) =>
      void tell(client.call('message.discard', { conversationId, messageId })),
    readTemplates,
    refreshTemplates() {
      if (store.getState().answering.templates !== null) void readTemplates();
    },
    setFavourite(templateId, isFavourite) {
      const { templates } = store.getState().answering;
      change({
        templates:
          templates?.map((each) => (each.id === templateId ? { ...each, isFavourite } : each)) ?? null,
      });
      void tell(client.call('template.setFavourite', { templateId, isFavourite }));
    },
    async sendTemplate(input, draft) {
      const reply = await client.call('message.sendTemplate', { ...input, undoableForMs: UNDO_SEND_MS });
      if (!reply.ok) return afterSending(reply.error);
      const { conversationId } = input;
      if (draft !== null) setDraft(conversationId, emptyDraft);
      noteSent({ kind: 'template', conversationId, messageIds: [reply.data.messageId], draft });
      void readTemplates();
      return afterSending(null);
    },
    async sendTemplateToOne(input) {
      const reply = await client.call('message.sendTemplate', { ...input, undoableForMs: 0 });
      return reply.ok ? null : reply.error;
    },
    async readDetail(conversationId) {
      const reply = await client.call('conversation.get', { conversationId });
      return reply.ok ? reply.data : null;
    },
    async startConversation(phone, name) {
      const reply = await client.call('conversation.start', { phone, name });
      if (!reply.ok) return reply.error;
      const { conversationId } = reply.data;
      open(conversationId);
      change({ over: { kind: 'templates', conversationIds: [conversationId], motivo: '' } });
      return null;
    },
    showOver: (over) => change({ over }),
    pickTemplate(conversationIds) {
      const [only] = conversationIds;
      const motivo = conversationIds.length === 1 && only !== undefined ? draftOf(only).text : '';
      change({ over: { kind: 'templates', conversationIds, motivo } });
    },
  };
}
