/** How many avatar colours the style sheets define (`avatar--0` and on). */
export const AVATAR_COLOURS = 10;

/** First letters of the first and last word, in capitals; empty when there is no letter, as in a phone number. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).flatMap((word) => /\p{L}/u.exec(word)?.[0] ?? []);
  const first = words[0];
  if (first === undefined) return '';
  const last = words.length > 1 ? words[words.length - 1] : '';
  return `${first}${last}`.toLocaleUpperCase('es');
}

/** A colour that is always the same for the same seed (FNV-1a), between 0 and `AVATAR_COLOURS` - 1. */
export function avatarColour(seed: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index++) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % AVATAR_COLOURS;
}
