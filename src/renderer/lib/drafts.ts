/** Half-written messages on their way to the store; one text per conversation, never mixed. */
export interface Drafts {
  /** Remembers what was typed and saves it once typing pauses, within `delayMs` in any case. */
  type(conversationId: string, text: string): void;
  /** Text that the store may not have yet; undefined when it has everything. */
  unsaved(conversationId: string): string | undefined;
  /** Saves now whatever waits: on switching, on sending, when the window goes. */
  flush(): Promise<void>;
}

export interface DraftsDependencies {
  /** Answers whether it was kept; when not, it is tried again with the next save. */
  save(conversationId: string, text: string): Promise<boolean>;
  delayMs: number;
}

export function createDrafts({ save, delayMs }: DraftsDependencies): Drafts {
  const waiting = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> = Promise.resolve();

  async function saveAll(): Promise<void> {
    for (const [conversationId, text] of [...waiting]) {
      const isKept = await save(conversationId, text);
      // What was typed while saving is newer and waits for its own turn.
      if (isKept && waiting.get(conversationId) === text) waiting.delete(conversationId);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(saveAll, saveAll);
    return saving;
  }

  return {
    type(conversationId, text) {
      waiting.set(conversationId, text);
      // Not started again by each key: someone who never pauses must not lose more than `delayMs`.
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    unsaved: (conversationId) => waiting.get(conversationId),
    flush,
  };
}
