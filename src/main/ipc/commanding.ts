/** What handlers that make commands have in common. */
import {
  newId,
  toTimestamp,
  type Command,
  type CommandArguments,
  type CommandType,
  type ConversationFacts,
  type OutgoingMedia,
} from '@recado/protocol';
import type { ConversationDetail, Directory, Reply } from '../../shared/contract/index.ts';
import type { Desk } from './desk.ts';
import { done, refused } from './dispatcher.ts';

/** A fresh command of this moment. */
export function commandOf<Type extends CommandType>(
  desk: Pick<Desk, 'clock'>,
  type: Type,
  args: CommandArguments<Type>,
): Command {
  return { id: newId(), type, args, basedOn: null, issuedAt: toTimestamp(desk.clock.now()) };
}

/** The conversation and, when a person may write freely there now, the end of its window; otherwise why not. */
export async function askToSend(
  desk: Desk,
  conversationId: string,
): Promise<Reply<{ now: number; notAfter: number; detail: ConversationDetail }>> {
  const now = desk.clock.now();
  const detail = await desk.store.read.conversationDetail({ conversationId, now });
  if (detail === null) return refused('not_found');
  const decision = desk.decideSend(detail.facts, now);
  return decision.allowed ? done({ now, notAfter: decision.notAfter, detail }) : refused(decision.code);
}

/** Why not even a template may be sent there, or null: the window does not matter, spam and a block do. */
export const refusalOfTemplate = (
  desk: Desk,
  facts: ConversationFacts,
): 'conversation_is_spam' | 'conversation_blocked' | null => {
  const decision = desk.decideSend(facts, desk.clock.now());
  return decision.allowed || decision.code === 'window_closed' ? null : decision.code;
};

/** Until when a message is held back to be undone; null for not at all. Never so long that its window would end first. */
export function holdUntil(now: number, undoableForMs: number, notAfter: number | null): number | null {
  const wanted = now + undoableForMs;
  const until = notAfter === null ? wanted : Math.min(wanted, notAfter - LEAVES_BEFORE_MS);
  return undoableForMs > 0 && until > now ? until : null;
}
/** A message held back still has to reach the relay before its window ends. */
const LEAVES_BEFORE_MS = 10_000;

/**
 * A file as a message carries it: one of this PC's, or of a saved text, which is at the relay. Null when it is neither,
 * or not all of it has come in yet.
 */
export async function findMedia(
  desk: Desk,
  fileId: string,
  quickReplies: Directory['quickReplies'],
): Promise<OutgoingMedia | null> {
  const local = await desk.store.read.localFile({ fileId });
  if (local !== null) return local.media;
  const saved = quickReplies.find(({ file }) => file?.fileId === fileId)?.file;
  const facts = saved && (await desk.store.read.mediaFacts({ mediaId: fileId }));
  if (!saved || !facts || facts.sha256 === null) return null;
  return {
    mediaId: fileId,
    kind: saved.kind as OutgoingMedia['kind'],
    mimeType: saved.mimeType,
    fileName: saved.fileName,
    sizeBytes: saved.sizeBytes,
    sha256: facts.sha256,
    voice: saved.voice,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
  };
}
