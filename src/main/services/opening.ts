/**
 * Shows a conversation in the window that was asked for outside it: by a notification, a link, the tray. The window may
 * not be there yet, or nobody signed in: the last wish waits until it can be followed.
 */
export interface Opening {
  open(conversationId: string): void;
  /** A window is there and listens. */
  heard(): void;
  /** The window is gone; the next one says when it listens. */
  gone(): void;
  /** The app is ready, or no longer. */
  setReady(isReady: boolean): void;
}

export function createOpening(deps: { emit: (conversationId: string) => void }): Opening {
  let wanted: string | null = null;
  let isHeard = false;
  let isReady = false;
  function follow() {
    if (wanted === null || !isHeard || !isReady) return;
    const conversationId = wanted;
    wanted = null;
    deps.emit(conversationId);
  }
  return {
    open(conversationId) {
      wanted = conversationId;
      follow();
    },
    heard() {
      isHeard = true;
      follow();
    },
    gone() {
      isHeard = false;
    },
    setReady(ready) {
      // Of another session it would be a stranger's.
      if (isReady && !ready) wanted = null;
      isReady = ready;
      follow();
    },
  };
}
