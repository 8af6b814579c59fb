/** The conversations picked for one action together. */
export interface Selection {
  /** In the order they were picked. */
  ids: readonly string[];
  /** Where a range starts. */
  anchorId: string | null;
  /** Not the rows named but all that match the query: how many. */
  matching: number | null;
}

export const noSelection: Selection = { ids: [], anchorId: null, matching: null };

/** The most an action can name one by one; more are chosen by what they have in common. */
export const NAMED_LIMIT = 200;

export const selectedCount = (selection: Selection): number => selection.matching ?? selection.ids.length;

export const isSelected = (selection: Selection, id: string): boolean =>
  selection.matching !== null || selection.ids.includes(id);

/** Picks one, or lets it go. Letting one of all that match go leaves the others on the list. */
export function toggle(selection: Selection, order: readonly string[], id: string): Selection {
  const held = selection.matching === null ? selection.ids : order;
  const ids = held.includes(id) ? held.filter((each) => each !== id) : [...held, id];
  return { ids: ids.slice(0, NAMED_LIMIT), anchorId: id, matching: null };
}

/** Everything between the anchor, or `fallbackId` without one, and `id`; what was picked before it goes. */
export function extend(
  selection: Selection,
  order: readonly string[],
  id: string,
  fallbackId: string | null = null,
): Selection {
  const anchorId =
    [selection.anchorId, fallbackId].find((each) => each !== null && order.includes(each)) ?? id;
  const from = order.indexOf(anchorId);
  const to = order.indexOf(id);
  if (to === -1) return selection;
  const range = from <= to ? order.slice(from, to + 1) : order.slice(to, from + 1).reverse();
  return { ids: range.slice(0, NAMED_LIMIT), anchorId, matching: null };
}

/** All rows read so far. */
export function selectAll(order: readonly string[]): Selection {
  return { ids: order.slice(0, NAMED_LIMIT), anchorId: order[0] ?? null, matching: null };
}

/** Without those that are no longer listed: nothing is done to a conversation nobody sees. */
export function prune(selection: Selection, order: readonly string[]): Selection {
  if (selection.ids.length === 0) return selection;
  const listed = new Set(order);
  const ids = selection.ids.filter((id) => listed.has(id));
  return ids.length === selection.ids.length ? selection : { ...selection, ids };
}
