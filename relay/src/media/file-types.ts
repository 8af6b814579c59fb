/**
 * Types of files by their bytes: what a file says of itself is believed only when its beginning agrees.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
 */

/** What the beginning of a file shows. Office formats are all one of two containers, and cannot be told apart by it. */
export type FileFamily =
  | 'jpeg' | 'png' | 'webp' | 'iso' | 'ogg' | 'mpeg' | 'adts' | 'amr' | 'pdf' | 'zip' | 'compound' | 'text'
  | 'unknown'; // prettier-ignore

const startsWith = (head: Buffer, ...bytes: number[]) => bytes.every((byte, place) => head[place] === byte);
const textAt = (head: Buffer, place: number, length: number) =>
  head.subarray(place, place + length).toString('latin1');

/** Whether it could be a text somebody reads: UTF-8 or Latin without control characters. */
function looksLikeText(head: Buffer): boolean {
  return head.every(
    (byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d,
  );
}

export function fileFamily(head: Buffer): FileFamily {
  if (startsWith(head, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (textAt(head, 0, 4) === 'RIFF' && textAt(head, 8, 4) === 'WEBP') return 'webp';
  if (textAt(head, 4, 4) === 'ftyp') return 'iso';
  if (textAt(head, 0, 4) === 'OggS') return 'ogg';
  if (textAt(head, 0, 5) === '#!AMR') return 'amr';
  // A PDF may have some bytes in front of it: https://www.iso.org/standard/75839.html, annex I of its readers.
  if (textAt(head, 0, 1_024).includes('%PDF-')) return 'pdf';
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) return 'zip';
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return 'compound';
  if (textAt(head, 0, 3) === 'ID3') return 'mpeg';
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return 'adts';
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return 'mpeg';
  return head.length > 0 && looksLikeText(head) ? 'text' : 'unknown';
}

const OFFICE_OPEN = /^application\/vnd\.openxmlformats-officedocument\./;
const FAMILIES: Record<string, FileFamily[]> = {
  'image/jpeg': ['jpeg'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'audio/aac': ['adts'],
  'audio/amr': ['amr'],
  'audio/mpeg': ['mpeg'],
  'audio/mp4': ['iso'],
  'audio/ogg': ['ogg'],
  'video/mp4': ['iso'],
  'video/3gpp': ['iso'],
  'application/pdf': ['pdf'],
  'application/msword': ['compound', 'zip'],
  'application/vnd.ms-excel': ['compound', 'zip'],
  'application/vnd.ms-powerpoint': ['compound', 'zip'],
  'text/plain': ['text'],
};

/** A MIME type without its parameters, lower case. */
export function bareType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}

/** Whether a file that begins like this can be what it is called. Types nobody here knows are not judged. */
export function fitsType(mimeType: string, head: Buffer): boolean {
  const type = bareType(mimeType);
  const wanted = OFFICE_OPEN.test(type)
    ? ['zip']
    : Object.hasOwn(FAMILIES, type)
      ? FAMILIES[type]
      : undefined;
  return wanted === undefined || wanted.includes(fileFamily(head));
}

/** What a browser may be told a file is; everything else is bytes. A page or a drawing with a script in it is neither. */
export function servedType(mimeType: string): string {
  const type = bareType(mimeType);
  const isHarmless = Object.hasOwn(FAMILIES, type) || OFFICE_OPEN.test(type);
  return isHarmless && type !== 'text/plain' ? type : 'application/octet-stream';
}
