function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => isSame(left[key], right[key]));
}

/** The old value when it says the same as the new one, so that nothing is drawn again for nothing. */
export function share<Value>(old: Value, fresh: Value): Value {
  return isSame(old, fresh) ? old : fresh;
}

/** `share` for each item of a list, matched by `keyOf`; the old list itself when nothing changed. */
export function shareList<Item>(old: readonly Item[], fresh: Item[], keyOf: (item: Item) => string): Item[] {
  const held = new Map(old.map((item) => [keyOf(item), item]));
  const shared = fresh.map((item) => {
    const before = held.get(keyOf(item));
    return before === undefined ? item : share(before, item);
  });
  const unchanged = shared.length === old.length && shared.every((item, index) => item === old[index]);
  return unchanged ? (old as Item[]) : shared;
}
