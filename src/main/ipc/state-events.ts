import type { AppState } from '../../shared/contract/index.ts';
import type { Scheduler } from '../lib/time.ts';

/** Changes within one frame are told as one. */
const GATHER_MS = 16;
/** The clock offset wanders by milliseconds; the screen only shows minutes. */
const OFFSET_STEP_MS = 500;

export interface StateEvents {
  /** Something in the state may be different. */
  changed(): void;
  close(): void;
}

/** Sends the state whenever it is really different from what was sent last. */
export function createStateEvents(deps: {
  scheduler: Scheduler;
  state: () => AppState;
  emit: (state: AppState) => void;
}): StateEvents {
  let cancel: (() => void) | null = null;
  let sent: { text: string; offset: number } | null = null;
  let isClosed = false;

  function send() {
    cancel = null;
    const state = deps.state();
    const { clockOffsetMs, ...rest } = state;
    const text = JSON.stringify(rest);
    if (sent?.text === text && Math.abs(clockOffsetMs - sent.offset) < OFFSET_STEP_MS) return;
    sent = { text, offset: clockOffsetMs };
    deps.emit(state);
  }

  return {
    changed() {
      if (!isClosed) cancel ??= deps.scheduler.after(GATHER_MS, send);
    },
    close() {
      isClosed = true;
      cancel?.();
    },
  };
}
