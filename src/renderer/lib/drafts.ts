/** Half-written messages on their way to the store; one per conversation, never mixed. */
export interface Drafts<Draft> {
  /** Remembers what was typed and saves it once typing pauses, within `delayMs` in any case. */
  type(conversationId: string, draft: Draft): void;
  /** What the store may not have yet; undefined when it has everything. */
  unsaved(conversationId: string): Draft | undefined;
  /** Saves now whatever waits: on switching, on sending, when the window goes. */
  flush(): Promise<void>;
}

export interface DraftsDependencies<Draft> {
  /** Answers whether it was kept; when not, it is tried again with the next save. */
  save(conversationId: string, draft: Draft): Promise<boolean>;
  delayMs: number;
}

export function createDrafts<Draft>({ save, delayMs }: DraftsDependencies<Draft>): Drafts<Draft> {
  const waiting = new Map<string, Draft>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> = Promise.resolve();

  async function saveAll(): Promise<void> {
    for (const [conversationId, draft] of [...waiting]) {
      const isKept = await save(conversationId, draft);
      // What was typed while saving is newer and waits for its own turn.
      if (isKept && waiting.get(conversationId) === draft) waiting.delete(conversationId);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(saveAll, saveAll);
    return saving;
  }

  return {
    type(conversationId, draft) {
      waiting.set(conversationId, draft);
      // Not started again by each key: someone who never pauses must not lose more than `delayMs`.
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    unsaved: (conversationId) => waiting.get(conversationId),
    flush,
  };
}
