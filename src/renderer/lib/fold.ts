/** Without accents and capitals, as people search: `Muñoz` is found by `munoz`. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Those whose name holds every word typed, in any order. */
export function findByName<Item extends { name: string }>(items: readonly Item[], typed: string): Item[] {
  const words = fold(typed).split(/\s+/u).filter(Boolean);
  return items.filter((item) => {
    const name = fold(item.name);
    return words.every((word) => name.includes(word));
  });
}
