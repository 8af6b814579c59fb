/** What was being written when the person left. A local table. */
import type { ConversationDetail, DraftView } from '../../../shared/contract/index.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import { toChangeSet } from './apply.ts';
import { getFileViews } from './local-files.ts';

interface DraftRow {
  text: string;
  caret: number | null;
  reply_to: string | null;
  files: string | null;
}

const parseFiles = (files: string | null): DraftView['files'] =>
  files === null ? [] : (JSON.parse(files) as DraftView['files']);

/** What rows of a list call a draft; an answer that was only aimed at is none. */
export const HAS_DRAFT = `(drafts.text <> '' or drafts.files is not null)`;

/** The draft of a conversation with what is known of its files; those that are gone are left out. */
export function getDraft(database: ReadDatabase, conversationId: string): ConversationDetail['draft'] {
  const row = database.get<DraftRow>(
    'select text, caret, reply_to, files from drafts where conversation_id = :conversationId',
    { conversationId },
  );
  if (row === undefined) return { text: '', caret: null, replyTo: null, files: [], fileViews: [] };
  const files = parseFiles(row.files);
  const fileViews = getFileViews(
    database,
    files.map(({ fileId }) => fileId),
  );
  const known = new Set(fileViews.map(({ fileId }) => fileId));
  return {
    text: row.text,
    caret: row.caret,
    replyTo: row.reply_to,
    files: files.filter(({ fileId }) => known.has(fileId)),
    fileViews,
  };
}

function hasDraft(database: ReadDatabase, conversationId: string): boolean {
  return (
    database.get(`select 1 from drafts where conversation_id = :conversationId and ${HAS_DRAFT}`, {
      conversationId,
    }) !== undefined
  );
}

/** See `StoreWrites.saveDraft`. Names the conversation when it has begun or ceased to have a draft. */
export function saveDraft(
  database: WriteDatabase,
  input: { conversationId: string; draft: DraftView },
): ChangeSet {
  const { conversationId, draft } = input;
  const had = hasDraft(database, conversationId);
  const isBlank = draft.text.trim() === '';
  if (isBlank && draft.files.length === 0 && draft.replyTo === null) {
    clearDraft(database, conversationId);
  } else {
    database.run(
      `insert into drafts (conversation_id, text, caret, reply_to, files)
       values (:conversationId, :text, :caret, :replyTo, :files)
       on conflict (conversation_id) do update set text = excluded.text, caret = excluded.caret,
         reply_to = excluded.reply_to, files = excluded.files`,
      {
        conversationId,
        text: isBlank ? '' : draft.text,
        caret: isBlank ? null : draft.caret,
        replyTo: draft.replyTo,
        files: draft.files.length === 0 ? null : JSON.stringify(draft.files),
      },
    );
  }
  const isNews = had !== hasDraft(database, conversationId);
  return toChangeSet(new Set(isNews ? [conversationId] : []), false);
}

export function clearDraft(database: WriteDatabase, conversationId: string): void {
  database.run('delete from drafts where conversation_id = :conversationId', { conversationId });
}

/** Ids of the files drafts name. */
export function listDraftFiles(database: ReadDatabase): string[] {
  return database
    .all<{ files: string }>('select files from drafts where files is not null')
    .flatMap(({ files }) => parseFiles(files).map(({ fileId }) => fileId));
}
