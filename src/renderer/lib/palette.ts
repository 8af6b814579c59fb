/** Colours of tags that tell apart on light and on dark. */
export const PALETTE = [
  '#d97706', '#dc2626', '#db2777', '#9333ea', '#4f46e5', '#2563eb', '#0891b2', '#0d9488', '#16a34a', '#65a30d',
  '#92400e', '#64748b',
] as const; // prettier-ignore

/** The colour fewest tags have, the first of them. */
export function nextColour(used: readonly string[]): string {
  const uses = (colour: string): number => used.filter((each) => each.toLowerCase() === colour).length;
  return PALETTE.reduce((best, colour) => (uses(colour) < uses(best) ? colour : best), PALETTE[0] as string);
}
