/**
 * WhatsApp's text formatting: *bold*, _italic_, ~strike~, `code`, ```block```, quotes and lists, and web addresses.
 * https://faq.whatsapp.com/539178204879377 . Anything that is not well formed stays as typed.
 */

export type InlineStyle = 'bold' | 'italic' | 'strike';

export type Inline =
  | { type: 'text'; text: string }
  | { type: InlineStyle; children: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'link'; text: string; href: string };

export type Block =
  | { type: 'line'; children: Inline[] }
  | { type: 'quote'; children: Inline[] }
  | { type: 'bullet'; children: Inline[] }
  | { type: 'numbered'; marker: string; children: Inline[] }
  | { type: 'code'; text: string };

const STYLES: Record<string, InlineStyle> = { '*': 'bold', _: 'italic', '~': 'strike' };
const LINK = /(?:https?:\/\/|www\.)[^\s<>"]+/giu;
const WORD = /[\p{L}\p{N}]/u;

const isWord = (character: string | undefined): boolean => character !== undefined && WORD.test(character);
const isSpace = (character: string | undefined): boolean => character === undefined || /\s/u.test(character);

/** Punctuation that ends a sentence is not part of the address before it; a closing bracket is if one was opened. */
function trimAddress(address: string): string {
  let end = address.length;
  for (;;) {
    const last = address[end - 1];
    if (last === undefined) break;
    const hasOpening = last === ')' && address.slice(0, end).includes('(');
    if (!/[.,;:!?'"»”)\]*_~]/u.test(last) || hasOpening) break;
    end--;
  }
  return address.slice(0, end);
}

function safeAddress(address: string): string | null {
  try {
    const url = new URL(/^www\./iu.test(address) ? `https://${address}` : address);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

interface AddressAt {
  start: number;
  end: number;
  href: string;
}

function findAddresses(text: string): AddressAt[] {
  const found: AddressAt[] = [];
  for (const match of text.matchAll(LINK)) {
    if (isWord(text[match.index - 1])) continue;
    const address = trimAddress(match[0]);
    const href = address.length > 'www.'.length ? safeAddress(address) : null;
    if (href !== null) found.push({ start: match.index, end: match.index + address.length, href });
  }
  return found;
}

/** Whether a mark may open here: it hugs its words and is not inside a word. */
function opens(text: string, start: number): boolean {
  return !isWord(text[start - 1]) && !isSpace(text[start + 1]) && text[start + 1] !== text[start];
}

/** Where the mark that opens at `start` is closed, or -1. */
function closingMark(text: string, start: number, end: number, addresses: readonly AddressAt[]): number {
  const mark = text[start];
  for (let index = start + 2; index < end; index++) {
    if (text[index] !== mark || isSpace(text[index - 1]) || isWord(text[index + 1])) continue;
    if (addresses.some((address) => index >= address.start && index < address.end)) continue;
    return index;
  }
  return -1;
}

/** Words of one line. `from` and `to` bound the part to read, so that nested styles look at the same string. */
function parseRange(
  text: string,
  from: number,
  to: number,
  addresses: readonly AddressAt[],
  outer: ReadonlySet<string>,
): Inline[] {
  const parts: Inline[] = [];
  // Where one search for the end of a mark found none, no later one will: without this a long text of opening marks
  // would be read once for each of them.
  const neverClosed = new Set<string>();
  let plainFrom = from;
  let index = from;
  const flush = (until: number) => {
    if (until > plainFrom) parts.push({ type: 'text', text: text.slice(plainFrom, until) });
  };
  const skipTo = (next: number) => {
    index = next;
    plainFrom = next;
  };
  while (index < to) {
    const character = text[index] as string;
    const address = addresses.find((each) => each.start === index && each.end <= to);
    if (address) {
      flush(index);
      parts.push({ type: 'link', text: text.slice(index, address.end), href: address.href });
      skipTo(address.end);
      continue;
    }
    if (character === '`') {
      const end = text.indexOf('`', index + 1);
      if (end > index + 1 && end < to) {
        flush(index);
        parts.push({ type: 'code', text: text.slice(index + 1, end) });
        skipTo(end + 1);
        continue;
      }
    }
    const style = outer.has(character) || neverClosed.has(character) ? undefined : STYLES[character];
    if (style !== undefined && opens(text, index)) {
      const end = closingMark(text, index, to, addresses);
      if (end !== -1) {
        flush(index);
        const inside = new Set(outer).add(character);
        parts.push({ type: style, children: parseRange(text, index + 1, end, addresses, inside) });
        skipTo(end + 1);
        continue;
      }
      neverClosed.add(character);
    }
    index++;
  }
  flush(to);
  return parts;
}

/** One line of text as styled pieces. */
export function parseInline(text: string): Inline[] {
  return parseRange(text, 0, text.length, findAddresses(text), new Set());
}

function parseLine(line: string): Block {
  const quote = /^>\s?(.+)$/u.exec(line);
  if (quote?.[1] !== undefined) return { type: 'quote', children: parseInline(quote[1]) };
  const bullet = /^[*-] (.+)$/u.exec(line);
  if (bullet?.[1] !== undefined) return { type: 'bullet', children: parseInline(bullet[1]) };
  const numbered = /^(\d{1,3}\.) (.+)$/u.exec(line);
  if (numbered?.[1] !== undefined && numbered[2] !== undefined) {
    return { type: 'numbered', marker: numbered[1], children: parseInline(numbered[2]) };
  }
  return { type: 'line', children: parseInline(line) };
}

/** A whole message, line by line; a ```block``` keeps its lines together. */
export function parseWhatsappText(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = (part: string) => part.split('\n').map(parseLine);
  let rest = text;
  for (;;) {
    const start = rest.indexOf('```');
    const end = start === -1 ? -1 : rest.indexOf('```', start + 3);
    const code = end === -1 ? '' : rest.slice(start + 3, end);
    if (code.trim() === '') break;
    const before = rest.slice(0, start).replace(/\n$/u, '');
    if (before !== '') blocks.push(...lines(before));
    blocks.push({ type: 'code', text: code.replace(/^\n|\n$/gu, '') });
    rest = rest.slice(end + 3).replace(/^\n/u, '');
  }
  if (rest !== '' || blocks.length === 0) blocks.push(...lines(rest));
  return blocks;
}

function inlineText(part: Inline): string {
  if ('children' in part) return part.children.map(inlineText).join('');
  return part.text;
}

/** The words alone, on one line: for previews and screen readers. */
export function plainText(text: string): string {
  return parseWhatsappText(text)
    .map((block) => ('children' in block ? block.children.map(inlineText).join('') : block.text))
    .join(' ')
    .replace(/\s+/gu, ' ')
    .trim();
}
