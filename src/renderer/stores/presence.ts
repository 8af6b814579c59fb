/** Says to the clinic what the person in front of this PC is doing; typing is said again only so often. */
export interface PresenceTeller {
  /** Which conversation is before their eyes; null when none is. */
  view(conversationId: string | null): void;
  /** A key was pressed in the composer of the conversation in view. */
  type(): void;
  /** What was being written has left, or was deleted. */
  stopTyping(): void;
}

export interface PresenceDependencies {
  tell(conversationId: string | null, isWriting: boolean): void;
  /** Runs once after a delay in milliseconds; returns how to cancel it. */
  schedule(run: () => void, delayMs: number): () => void;
}

/** Without a key for this long, nobody is writing. */
export const WRITING_LASTS_MS = 6_000;

export function createPresence({ tell, schedule }: PresenceDependencies): PresenceTeller {
  let current: string | null = null;
  let isWriting = false;
  let cancel = (): void => {};

  function stopTyping(): void {
    cancel();
    cancel = () => {};
    if (!isWriting) return;
    isWriting = false;
    tell(current, false);
  }

  return {
    view(conversationId) {
      if (conversationId === current) return;
      cancel();
      cancel = () => {};
      isWriting = false;
      current = conversationId;
      tell(current, false);
    },
    type() {
      if (current === null) return;
      cancel();
      cancel = schedule(stopTyping, WRITING_LASTS_MS);
      if (isWriting) return;
      isWriting = true;
      tell(current, true);
    },
    stopTyping,
  };
}
