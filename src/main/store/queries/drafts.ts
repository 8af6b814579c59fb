import type { ReadDatabase, WriteDatabase } from '../database.ts';

export function getDraft(database: ReadDatabase, conversationId: string): string {
  const row = database.get<{ text: string }>(
    'select text from drafts where conversation_id = :conversationId',
    { conversationId },
  );
  return row?.text ?? '';
}

/** Keeps an unsent text, or removes it when empty; answers whether the conversation has begun or ceased to have one. */
export function saveDraft(database: WriteDatabase, input: { conversationId: string; text: string }): boolean {
  const had = getDraft(database, input.conversationId) !== '';
  const has = input.text.trim() !== '';
  if (has) {
    database.run(
      `insert into drafts (conversation_id, text) values (:conversationId, :text)
       on conflict (conversation_id) do update set text = excluded.text`,
      input,
    );
  } else {
    database.run('delete from drafts where conversation_id = :conversationId', {
      conversationId: input.conversationId,
    });
  }
  return had !== has;
}
