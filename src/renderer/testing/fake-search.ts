import type { Directory, SearchResults } from '../../shared/contract/index.ts';
import { fold } from '../lib/fold.ts';
import type { SeededConversation } from './seed-builders.ts';

type Parts = SearchResults['tags'][number]['label'];

/** The words that begin with one of those looked for, marked. */
function mark(text: string, words: readonly string[]): Parts {
  return text
    .split(/([\p{L}\p{N}]+)/u)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, isMatch: words.some((word) => fold(part).startsWith(word)) }));
}

const holds = (text: string, words: readonly string[]): boolean => {
  const parts = fold(text).split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
};

/** A search over the made-up clinic, without the filters: each word must begin one of the text's. */
export function searchIn(
  conversations: Iterable<SeededConversation>,
  directory: Directory,
  { text, conversationId, limit }: { text: string; conversationId: string | null; limit: number },
  isComplete: boolean,
): SearchResults {
  const words = fold(text.replace(/(?:^|\s)\p{L}+:(?:"[^"]*"?|\S*)/gu, ' '))
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const all = [...conversations];
  if (words.length === 0) {
    return { patients: [], messages: [], tags: [], hasMoreMessages: false, isComplete };
  }
  const messages = all
    .filter(({ row }) => conversationId === null || row.conversationId === conversationId)
    .flatMap(({ row, items }) =>
      items
        .filter((item) => item.text !== null && !item.isRevoked && holds(item.text, words))
        .map((item) => ({ row, item })),
    )
    .sort((a, b) => b.item.sentAt - a.item.sentAt);
  const isMessageSearch = words.join('').length > 1;
  return {
    patients:
      conversationId === null
        ? all
            .filter(({ row, detail }) => holds(`${row.displayName ?? ''} ${detail.phone ?? ''}`, words))
            .slice(0, limit)
            .map(({ row, detail }) => ({
              conversationId: row.conversationId,
              name: mark(row.displayName ?? '', words),
              phone: detail.phone === null ? null : mark(detail.phone, words),
              lastActivityAt: row.lastActivityAt,
            }))
        : [],
    messages: (isMessageSearch ? messages : []).slice(0, limit).map(({ row, item }) => ({
      messageId: item.messageId,
      conversationId: row.conversationId,
      displayName: row.displayName,
      direction: item.direction,
      kind: item.kind,
      author: item.author,
      sentAt: item.sentAt,
      snippet: mark(item.text ?? '', words),
    })),
    tags:
      conversationId === null
        ? directory.tags
            .filter((tag) => holds(tag.name, words))
            .map((tag) => ({ ...tag, label: mark(tag.name, words) }))
        : [],
    hasMoreMessages: isMessageSearch && messages.length > limit,
    isComplete,
  };
}
