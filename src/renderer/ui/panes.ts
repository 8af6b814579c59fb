/** The areas F6 walks through, in reading order; each marks itself with `data-pane`. */
export const PANES = ['rail', 'list', 'thread', 'composer', 'panel'] as const;
export type Pane = (typeof PANES)[number];

const FOCUSABLE =
  '[data-pane-entry], [tabindex="0"], button:not([tabindex="-1"]), a[href], input, textarea, select';

function entryOf(pane: Pane): HTMLElement | null {
  const area = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
  if (!area || area.getClientRects().length === 0) return null;
  return area.querySelector<HTMLElement>('[data-pane-entry]') ?? area.querySelector<HTMLElement>(FOCUSABLE);
}

/** Moves the focus into an area; false when it is not on screen. */
export function focusPane(pane: Pane): boolean {
  const entry = entryOf(pane);
  entry?.focus();
  return entry !== null;
}

/** Moves the focus to the next area on screen, round and round. */
export function focusNextPane(step: 1 | -1): void {
  const area = document.activeElement?.closest<HTMLElement>('[data-pane]');
  const current = PANES.indexOf(area?.dataset.pane as Pane);
  for (let offset = 1; offset <= PANES.length; offset++) {
    const from = current === -1 ? (step === 1 ? -1 : 0) : current;
    const pane = PANES[(from + step * offset + PANES.length * 2) % PANES.length];
    if (pane !== undefined && focusPane(pane)) return;
  }
}
