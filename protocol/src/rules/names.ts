const collator = new Intl.Collator('es', { usage: 'search', sensitivity: 'base' });
const plain = (name: string) => name.normalize('NFC').trim().replace(/\s+/g, ' ');

/** Whether two tags, or two teams, would be the same to a person: case, accents and spacing do not tell them apart. */
export function isSameName(one: string, other: string): boolean {
  return collator.compare(plain(one), plain(other)) === 0;
}
