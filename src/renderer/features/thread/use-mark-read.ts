import { useEffect, useSyncExternalStore } from 'react';
import { useActions, useAppState } from '../../stores/index.ts';

/** A conversation counts as read once it was before someone's eyes this long. */
const READ_AFTER_MS = 1_000;

function subscribe(listener: () => void): () => void {
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

const isAttended = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/** Marks the open conversation as read: only while its newest message is on screen and the window has the focus. */
export function useMarkRead(isNewestVisible: boolean): void {
  const actions = useActions();
  const isFocused = useSyncExternalStore(subscribe, isAttended);
  const hasUnread = useAppState((state) => (state.thread.detail?.facts.unread ?? 0) > 0);
  const newestId = useAppState((state) => state.thread.items.at(-1)?.messageId ?? null);
  const isDue = isNewestVisible && isFocused && hasUnread;
  useEffect(() => {
    if (!isDue) return undefined;
    const timer = setTimeout(actions.markRead, READ_AFTER_MS);
    return () => clearTimeout(timer);
  }, [actions, isDue, newestId]);
}
