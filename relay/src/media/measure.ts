import { fileFamily } from './file-types.ts';

export interface Measures {
  /** Pixels. */
  width: number | null;
  height: number | null;
  durationMs: number | null;
}

const NOTHING: Measures = { width: null, height: null, durationMs: null };
const sized = (width: number, height: number): Measures =>
  width > 0 && height > 0 ? { ...NOTHING, width, height } : NOTHING;

/** Start of frame markers of a JPEG, without the tables that share their range. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function measureJpeg(head: Buffer): Measures {
  let place = 2;
  while (place + 9 <= head.length && head[place] === 0xff) {
    const marker = head[place + 1] ?? 0;
    if (isFrame(marker)) return sized(head.readUInt16BE(place + 7), head.readUInt16BE(place + 5));
    place += 2 + head.readUInt16BE(place + 2);
  }
  return NOTHING;
}

function measureWebp(head: Buffer): Measures {
  if (head.length < 30) return NOTHING;
  switch (head.subarray(12, 16).toString('latin1')) {
    case 'VP8X':
      return sized(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case 'VP8 ':
      return sized(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
    default:
      return NOTHING;
  }
}

/** Opus counts at 48 kHz whatever it was recorded with; the last page says up to where. https://www.rfc-editor.org/rfc/rfc7845#section-4 */
function measureOpus(head: Buffer, tail: Buffer): Measures {
  const opening = head.indexOf('OpusHead');
  const last = tail.lastIndexOf('OggS');
  if (opening < 0 || last < 0 || last + 14 > tail.length || opening + 12 > head.length) return NOTHING;
  const samples = Number(tail.readBigInt64LE(last + 6)) - head.readUInt16LE(opening + 10);
  return samples > 0 ? { ...NOTHING, durationMs: Math.round(samples / 48) } : NOTHING;
}

/** Size of a picture or length of a voice note, from a file's beginning and end; null where they do not say. */
export function measure({ head, tail }: { head: Buffer; tail: Buffer }): Measures {
  try {
    switch (fileFamily(head)) {
      case 'jpeg':
        return measureJpeg(head);
      case 'png':
        return head.length < 24 ? NOTHING : sized(head.readUInt32BE(16), head.readUInt32BE(20));
      case 'webp':
        return measureWebp(head);
      case 'ogg':
        return measureOpus(head, tail);
      default:
        return NOTHING;
    }
  } catch (error) {
    // A file cut short, or made to break whoever reads it: what it measures does not matter then.
    if (error instanceof RangeError) return NOTHING;
    throw error;
  }
}
