/** Whether all, none or only some of the conversations have something. */
export type Mark = boolean | 'mixed';

/** Marks of what can be chosen, over those it started with. */
export type Marks = ReadonlyMap<string, Mark>;

/** How each of `ids` stands for conversations that hold `held`; null where a conversation does not tell. */
export function initialMarks(ids: readonly string[], held: readonly (readonly string[] | null)[]): Marks {
  return new Map(
    ids.map((id): [string, Mark] => {
      if (held.length === 0 || held.includes(null)) return [id, 'mixed'];
      const having = held.filter((each) => each?.includes(id)).length;
      return [id, having === held.length ? true : having === 0 ? false : 'mixed'];
    }),
  );
}

/** The mark after a press. What only some have can be given to all, taken from all, or left alone. */
export function nextMark(initial: Mark, current: Mark): Mark {
  if (initial !== 'mixed') return current !== true;
  if (current === 'mixed') return true;
  return current === true ? false : 'mixed';
}

/** What has to be added to all and taken from all. */
export function changesOf(initial: Marks, current: Marks): { add: string[]; remove: string[] } {
  const add: string[] = [];
  const remove: string[] = [];
  for (const [id, mark] of current) {
    const before = initial.get(id) ?? false;
    if (mark === before || mark === 'mixed') continue;
    (mark ? add : remove).push(id);
  }
  return { add, remove };
}
