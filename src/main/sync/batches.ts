/**
 * Gathers items into batches and applies one while the next is being gathered: the network is read while the store
 * writes, and memory never holds more than two batches.
 */
export interface Batches<Item> {
  /** Resolves when there is room for more. */
  add(items: Item[]): Promise<void>;
  /** Waits for what is being applied and answers what is left over, which the caller applies. */
  finish(): Promise<Item[]>;
}

/** `size` is asked before each batch. */
export function createBatches<Item>(
  size: () => number,
  apply: (items: Item[]) => Promise<void>,
): Batches<Item> {
  let gathered: Item[] = [];
  let applying: Promise<{ error: unknown } | null> = Promise.resolve(null);

  const settled = async () => {
    const failed = await applying;
    if (failed !== null) throw failed.error;
  };

  return {
    async add(items) {
      for (const item of items) gathered.push(item);
      if (gathered.length < size()) return;
      await settled();
      const batch = gathered;
      gathered = [];
      applying = apply(batch).then(
        () => null,
        (error: unknown) => ({ error }),
      );
    },
    async finish() {
      await settled();
      const rest = gathered;
      gathered = [];
      return rest;
    },
  };
}
