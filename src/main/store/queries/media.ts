/** Files of messages: a conversation's, and what is known of one. */
import type { MessageContent, OutgoingMedia } from '@recado/protocol';
import type { MediaListPage, ThreadCursor } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { getLocalFile, listFileIds } from './local-files.ts';
import { listDraftFiles } from './drafts.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './messages.ts';
import { listOutboxMedia } from './outbox.ts';
import { mapReference } from './reference.ts';
import { createAuthorViews } from './views.ts';

export const mediaPageSql = (isFirst: boolean): string => `
select ${MESSAGE_COLUMNS}
from messages indexed by messages_with_media
where conversation_key = :conversationKey and media_kind is not null and revoked_at is null
  ${isFirst ? '' : 'and (sent_at, ordinal) < (:sentAt, :ordinal)'}
order by sent_at desc, ordinal desc
limit :limit`;

/** See `StoreReads.mediaPage`. */
export function getMediaPage(
  database: ReadDatabase,
  input: { conversationId: string; before: ThreadCursor | null; limit: number },
): MediaListPage {
  const { conversationId, before, limit } = input;
  const conversation = database.get<{ key: number }>(
    'select key from conversations where id = :conversationId',
    { conversationId },
  );
  if (conversation === undefined) return { items: [], next: null };
  const rows = database.all<MessageRow>(mediaPageSql(before === null), {
    conversationKey: conversation.key,
    limit: limit + 1,
    ...(before === null ? {} : { sentAt: before.sentAt, ordinal: before.ordinal }),
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const author = createAuthorViews(database);
  return {
    items: shown.map((row) => ({
      messageId: row.id,
      kind: row.kind,
      text: row.text,
      author: author({ kind: row.author_kind, agentId: row.author_agent_id, name: row.author_name }),
      direction: row.direction,
      sentAt: row.sent_at,
      content: JSON.parse(row.content ?? '{}') as MessageContent,
    })),
    next: rows.length > limit && last !== undefined ? { sentAt: last.sent_at, ordinal: last.ordinal } : null,
  };
}

export const MEDIA_FACTS_SQL =
  'select content from messages indexed by messages_by_media where media_id = :mediaId limit 1';

interface MediaFacts {
  mimeType: string;
  fileName: string | null;
  sizeBytes: number | null;
  sha256: string | null;
}

const factsOf = ({ mimeType, fileName, sizeBytes, sha256 = null }: MediaFacts): MediaFacts => ({
  mimeType,
  fileName,
  sizeBytes,
  sha256,
});

/** See `StoreReads.mediaFacts`. */
export function getMediaFacts(database: ReadDatabase, input: { mediaId: string }): MediaFacts | null {
  const { mediaId } = input;
  const row = database.get<{ content: string }>(MEDIA_FACTS_SQL, input);
  const media = row === undefined ? undefined : (JSON.parse(row.content) as MessageContent).media;
  if (media !== undefined) return factsOf(media);
  const saved = savedMedia(database).find((each) => each.mediaId === mediaId);
  if (saved !== undefined) return factsOf(saved);
  const file = getLocalFile(database, { fileId: mediaId });
  return file === null ? null : factsOf({ ...file, sha256: file.media?.sha256 ?? null });
}

/** The files of saved texts. */
const savedMedia = (database: ReadDatabase): OutgoingMedia[] =>
  [...mapReference(database, 'quickReply').values()].flatMap(({ media }) => media ?? []);

/** See `StoreReads.unusedFiles`. */
export function listUnusedFiles(
  database: ReadDatabase,
  input: { addedBefore: number },
): { fileIds: string[] } {
  const old = listFileIds(database, input);
  if (old.length === 0) return { fileIds: [] };
  const used = new Set([
    ...listDraftFiles(database),
    ...[...savedMedia(database), ...listOutboxMedia(database)].map(({ mediaId }) => mediaId),
  ]);
  return { fileIds: old.filter((fileId) => !used.has(fileId)) };
}
