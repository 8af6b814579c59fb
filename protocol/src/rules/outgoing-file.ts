/**
 * What WhatsApp takes as a file, checked before anything leaves: kind, type, size, and whether the bytes are what they
 * are called. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
 */
import type { OutgoingMedia } from '../entities.ts';

export type OutgoingKind = OutgoingMedia['kind'];

const KB = 1_024;
const MB = 1_024 * KB;

/** Largest file by kind, bytes. */
export const OUTGOING_LIMIT_BYTES: Readonly<Record<OutgoingKind, number>> = {
  image: 5 * MB,
  video: 16 * MB,
  audio: 16 * MB,
  document: 100 * MB,
  /** Of an animated one; a still one may have 100 KB. */
  sticker: 500 * KB,
};

export const FILE_NAME_MAX = 240;
/** How much of the beginning of a file is looked at. */
export const SNIFFED_BYTES = 64;

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** The types WhatsApp takes, each with what it shows them as. */
const KIND_BY_TYPE: Readonly<Record<string, OutgoingKind>> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'video/mp4': 'video',
  'video/3gpp': 'video',
  'audio/aac': 'audio',
  'audio/amr': 'audio',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
  'audio/ogg': 'audio',
  'image/webp': 'sticker',
  'text/plain': 'document',
  'application/pdf': 'document',
  'application/msword': 'document',
  'application/vnd.ms-excel': 'document',
  'application/vnd.ms-powerpoint': 'document',
  [`${OFFICE}.wordprocessingml.document`]: 'document',
  [`${OFFICE}.spreadsheetml.sheet`]: 'document',
  [`${OFFICE}.presentationml.presentation`]: 'document',
};

/** Other names of the same types, as systems and browsers give them. */
const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/heif': 'image/heic',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-aac': 'audio/aac',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'audio/3gpp': 'audio/amr',
  'video/3gp': 'video/3gpp',
  'application/x-pdf': 'application/pdf',
};

const TYPE_BY_ENDING: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  '3gp': 'video/3gpp',
  aac: 'audio/aac',
  amr: 'audio/amr',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  txt: 'text/plain',
  csv: 'text/plain',
  pdf: 'application/pdf',
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
  docx: `${OFFICE}.wordprocessingml.document`,
  xlsx: `${OFFICE}.spreadsheetml.sheet`,
  pptx: `${OFFICE}.presentationml.presentation`,
};

/** A type without its parameters, by its usual name. */
export function plainMimeType(mimeType: string): string {
  const bare = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return Object.hasOwn(ALIASES, bare) ? (ALIASES[bare] ?? bare) : bare;
}

/** What WhatsApp shows a type as; null when it does not take it. */
export function outgoingKind(mimeType: string): OutgoingKind | null {
  const type = plainMimeType(mimeType);
  return Object.hasOwn(KIND_BY_TYPE, type) ? (KIND_BY_TYPE[type] ?? null) : null;
}

/** What the bytes say they are. `container` types hold several kinds, and only the name tells which. */
export interface SniffedType {
  type: string;
  /** Something WhatsApp does not take although it takes the type. */
  flaw: 'png_depth' | 'ogg_codec' | 'ogg_channels' | null;
}

const ascii = (head: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...head.subarray(from, from + length));
const startsWith = (head: Uint8Array, ...bytes: number[]) =>
  bytes.every((byte, index) => head[index] === byte);

function sniffOgg(head: Uint8Array): SniffedType {
  // One page header of 27 bytes and one length, then the codec's own header: RFC 7845 5.1.
  if (ascii(head, 28, 8) !== 'OpusHead') return { type: 'audio/ogg', flaw: 'ogg_codec' };
  return { type: 'audio/ogg', flaw: head[37] === 1 ? null : 'ogg_channels' };
}

function sniffPng(head: Uint8Array): SniffedType {
  const isTrueColour = head[25] === 2 || head[25] === 6;
  return { type: 'image/png', flaw: head[24] === 8 && isTrueColour ? null : 'png_depth' };
}

/** ISO base media: the major brand tells pictures, sound and film apart. */
function sniffBrand(brand: string): string {
  if (/^(?:heic|heix|hevc|heim|heis|mif1|msf1|avif|avis)/.test(brand)) return 'image/heic';
  if (/^M4[AB]/.test(brand)) return 'audio/mp4';
  if (/^3g/.test(brand)) return 'video/3gpp';
  return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
}

/** As the relay reads it: what has other control characters, or zeros as UTF-16 has, is no plain text. */
const isText = (head: Uint8Array) =>
  head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d);

/** The type of a file by its first bytes; null for bytes that say nothing. */
export function sniffType(head: Uint8Array): SniffedType | null {
  const plain = (type: string): SniffedType => ({ type, flaw: null });
  if (head.length === 0) return null;
  if (startsWith(head, 0xff, 0xd8, 0xff)) return plain('image/jpeg');
  if (startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return sniffPng(head);
  if (ascii(head, 0, 4) === 'GIF8') return plain('image/gif');
  if (ascii(head, 0, 2) === 'BM') return plain('image/bmp');
  if (ascii(head, 0, 4) === 'RIFF') {
    const form = ascii(head, 8, 4);
    return plain(form === 'WEBP' ? 'image/webp' : form === 'WAVE' ? 'audio/wav' : 'video/avi');
  }
  if (ascii(head, 4, 4) === 'ftyp') return plain(sniffBrand(ascii(head, 8, 4)));
  if (ascii(head, 0, 4) === 'OggS') return sniffOgg(head);
  if (startsWith(head, 0x1a, 0x45, 0xdf, 0xa3)) return plain('video/webm');
  if (ascii(head, 0, 5) === '#!AMR') return plain('audio/amr');
  if (ascii(head, 0, 3) === 'ID3') return plain('audio/mpeg');
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return plain('audio/aac');
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return plain('audio/mpeg');
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) return plain('application/zip');
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return plain('application/x-ole');
  // Some programs write a mark or an empty line before it.
  if (ascii(head, 0, head.length).slice(0, 32).includes('%PDF-')) return plain('application/pdf');
  if (ascii(head, 0, 2) === 'MZ' || startsWith(head, 0x7f, 0x45, 0x4c, 0x46))
    return plain('application/x-executable');
  return isText(head) ? plain('text/plain') : null;
}

/** The container each type of document is really in. */
const CONTAINERS: Readonly<Record<string, string>> = {
  'application/msword': 'application/x-ole',
  'application/vnd.ms-excel': 'application/x-ole',
  'application/vnd.ms-powerpoint': 'application/x-ole',
  [`${OFFICE}.wordprocessingml.document`]: 'application/zip',
  [`${OFFICE}.spreadsheetml.sheet`]: 'application/zip',
  [`${OFFICE}.presentationml.presentation`]: 'application/zip',
};

/** Types that are one container for film and sound alike: the name decides. */
const isFilmOrSound = (claimed: string, sniffed: string) =>
  claimed === 'audio/mp4' && (sniffed === 'video/mp4' || sniffed === 'video/3gpp');

export type OutgoingFileProblem =
  'too_large' | 'type_not_accepted' | 'empty' | 'name_too_long' | 'content_mismatch';

export type OutgoingFileCheck =
  | { kind: OutgoingKind; mimeType: string; problem?: undefined }
  | {
      problem: OutgoingFileProblem;
      /** What it would have been; null when nothing. */
      kind: OutgoingKind | null;
      /** With `too_large`. */
      limitBytes: number | null;
      /** What a person can do with the same file: make it smaller, or another type of it. */
      remedy: 'compress' | 'convert' | null;
    };

function claimedType(fileName: string, mimeType: string): string {
  const named = plainMimeType(mimeType);
  const ending = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const byEnding = Object.hasOwn(TYPE_BY_ENDING, ending) ? (TYPE_BY_ENDING[ending] ?? '') : '';
  if (named === '' || named === 'application/octet-stream' || named === 'application/zip')
    return byEnding || named;
  // Windows calls tables of commas a spreadsheet once Excel is installed.
  if (named === 'application/vnd.ms-excel' && ending === 'csv') return 'text/plain';
  if (outgoingKind(named) !== null) return named;
  return named.startsWith('text/') ? 'text/plain' : named;
}

/** Whether WhatsApp will take a file, as what, and if not, why and what helps. `head` is its first 64 bytes. */
export function checkOutgoingFile(file: {
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  head: Uint8Array;
}): OutgoingFileCheck {
  const refuse = (
    problem: OutgoingFileProblem,
    more: { kind?: OutgoingKind | null; limitBytes?: number; remedy?: 'compress' | 'convert' } = {},
  ): OutgoingFileCheck => ({
    problem,
    kind: more.kind ?? null,
    limitBytes: more.limitBytes ?? null,
    remedy: more.remedy ?? null,
  });
  if (file.sizeBytes === 0 || file.head.length === 0) return refuse('empty');
  if (file.fileName.length > FILE_NAME_MAX) return refuse('name_too_long');

  const sniffed = sniffType(file.head.subarray(0, SNIFFED_BYTES));
  const claimed = claimedType(file.fileName, file.mimeType) || (sniffed?.type ?? '');
  // A picture pasted from the web: WhatsApp would make a sticker of it.
  const claimedKind = claimed === 'image/webp' ? null : outgoingKind(claimed);
  if (claimedKind === null) {
    const isConvertible = /^(?:image|audio|video)\//.test(claimed);
    const kind = isConvertible ? (claimed.split('/')[0] as 'image' | 'audio' | 'video') : null;
    return refuse('type_not_accepted', { kind, ...(isConvertible ? { remedy: 'convert' } : {}) });
  }

  const container = CONTAINERS[claimed];
  let type = claimed;
  if (container !== undefined) {
    if (sniffed?.type !== container) return refuse('content_mismatch', { kind: claimedKind });
  } else if (sniffed === null || sniffed.type !== claimed) {
    const sniffedKind = sniffed === null || sniffed.type === 'image/webp' ? null : outgoingKind(sniffed.type);
    const isOther = sniffed !== null && /^(?:image|audio|video)\//.test(sniffed.type);
    if (sniffed !== null && isFilmOrSound(claimed, sniffed.type)) type = claimed;
    else if (sniffed !== null && sniffedKind === claimedKind && claimedKind !== 'document')
      type = sniffed.type;
    // Called a JPEG and really a HEIC: it can be converted, which a program called a PDF cannot.
    else if (isOther && sniffedKind === null && sniffed.type.split('/')[0] === claimedKind)
      return refuse('type_not_accepted', { kind: claimedKind, remedy: 'convert' });
    else return refuse('content_mismatch', { kind: claimedKind });
  }
  const kind = outgoingKind(type) ?? claimedKind;
  if (sniffed?.type === type && sniffed.flaw !== null)
    return refuse('type_not_accepted', { kind, remedy: 'convert' });

  const limitBytes = OUTGOING_LIMIT_BYTES[kind];
  if (file.sizeBytes > limitBytes) {
    const isShrinkable = kind === 'image' || kind === 'video';
    return refuse('too_large', { kind, limitBytes, ...(isShrinkable ? { remedy: 'compress' } : {}) });
  }
  return { kind, mimeType: type };
}
