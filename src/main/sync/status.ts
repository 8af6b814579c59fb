import type { Clock } from '../lib/time.ts';
import type { SyncState } from '../store/interface.ts';
import type { SyncPhase, SyncStatus } from './interface.ts';

/** Before anything runs. */
export const idleStatus: SyncStatus = {
  phase: 'stopped',
  since: 0,
  progress: null,
  historyProgress: null,
  check: null,
  historyCompleteSince: null,
  isHistoryComplete: false,
};

/** Holds what the screen is told and tells it when something in it changed. */
export interface StatusBoard {
  get(): SyncStatus;
  setPhase(phase: SyncPhase): void;
  setProgress(progress: SyncStatus['progress']): void;
  setHistory(state: Pick<SyncState, 'historyBefore' | 'historyCompleteSince' | 'isHistoryComplete'>): void;
  setHistoryProgress(progress: SyncStatus['historyProgress']): void;
  setCheck(check: SyncStatus['check']): void;
  /** Every message with this ordinal and above is held; null before any history is in. */
  historyBefore(): number | null;
  /** The relay answered or sent something. */
  heard(): void;
  /** When it last did, relay time; null when it never has. */
  lastHeardAt(): number | null;
  restoreLastHeard(at: number): void;
}

export function createStatusBoard(deps: {
  clock: Clock;
  onStatus: (status: SyncStatus) => void;
}): StatusBoard {
  let lastHeardAt: number | null = null;
  let historyBefore: number | null = null;
  let status: SyncStatus = { ...idleStatus, since: deps.clock.now() };
  const set = (change: Partial<SyncStatus>) => {
    status = { ...status, ...change };
    deps.onStatus(status);
  };
  return {
    get: () => status,
    setPhase(phase) {
      if (phase === status.phase) return;
      const now = deps.clock.now();
      set({
        phase,
        since: phase === 'offline' ? (lastHeardAt ?? now) : now,
        progress: phase === 'bootstrapping' ? status.progress : null,
      });
    },
    setProgress(progress) {
      set({ progress });
    },
    setHistory(state) {
      const { historyCompleteSince, isHistoryComplete } = state;
      historyBefore = state.historyBefore;
      if (
        historyCompleteSince === status.historyCompleteSince &&
        isHistoryComplete === status.isHistoryComplete
      )
        return;
      set({ historyCompleteSince, isHistoryComplete });
    },
    setHistoryProgress(historyProgress) {
      set({ historyProgress });
    },
    setCheck(check) {
      set({ check });
    },
    historyBefore: () => historyBefore,
    heard() {
      lastHeardAt = deps.clock.now();
    },
    lastHeardAt: () => lastHeardAt,
    restoreLastHeard(at) {
      lastHeardAt ??= at;
    },
  };
}
