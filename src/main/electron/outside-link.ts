const OUTSIDE_PROTOCOLS = new Set(['https:', 'mailto:', 'tel:']);
const LONGEST_ADDRESS = 2_000;

/** The address to hand to the system's browser, mail program or phone, as the parser writes it; null for any other. */
export function outsideAddress(address: string): string | null {
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!OUTSIDE_PROTOCOLS.has(url.protocol)) return null;
  // A name before the @ makes a link look like another site.
  if (url.username !== '' || url.password !== '') return null;
  return url.href;
}
