/** Widths of the columns in CSS pixels, and how this person likes to write; kept on this PC only. */
export interface Preferences {
  rail: number;
  list: number;
  panel: number;
  isPanelDocked: boolean;
  /** Enter sends and Shift+Enter begins a line; the other way round when not. */
  sendsOnEnter: boolean;
  /** What is sent waits some seconds, so that it can be taken back. */
  undoesSending: boolean;
}

export const COLUMN_LIMITS = {
  rail: { min: 176, max: 320, initial: 256 },
  list: { min: 280, max: 560, initial: 336 },
  panel: { min: 260, max: 440, initial: 284 },
} as const;
export type Column = keyof typeof COLUMN_LIMITS;

const KEY = 'recado.layout';

export function clampColumn(column: Column, width: number): number {
  const { min, max } = COLUMN_LIMITS[column];
  return Math.min(max, Math.max(min, Math.round(width)));
}

/** What was remembered, whatever state it is in. */
export function readPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  let stored: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) stored = parsed as Record<string, unknown>;
  } catch {
    // Unreadable preferences are no preferences.
  }
  const width = (column: Column): number => {
    const value = stored[column];
    return typeof value === 'number' && Number.isFinite(value)
      ? clampColumn(column, value)
      : COLUMN_LIMITS[column].initial;
  };
  return {
    rail: width('rail'),
    list: width('list'),
    panel: width('panel'),
    isPanelDocked: stored.isPanelDocked !== false,
    sendsOnEnter: stored.sendsOnEnter !== false,
    undoesSending: stored.undoesSending !== false,
  };
}

export function writePreferences(storage: Pick<Storage, 'setItem'>, preferences: Preferences): void {
  try {
    storage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A full or forbidden storage costs the memory of widths, nothing else.
  }
}
