import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Id, OutgoingMedia } from '@recado/protocol';

const file = (name: string) => readFileSync(join(import.meta.dirname, 'files', name));

/** Loudness of the two voice notes, 0 to 100. */
const VOICE_17 = [65, 48, 98, 43, 84, 0, 47, 77, 58, 63, 9, 76, 12, 19, 48, 37, 53, 43, 48, 56, 73, 69, 31, 67, 48, 72, 100, 86, 64, 0, 94, 62, 79, 73, 39, 64, 60, 74, 76, 36, 72, 60, 70, 73, 92, 54, 84, 48, 67, 70, 81, 62, 4, 0, 73, 74, 38, 55, 54, 4]; // prettier-ignore
const VOICE_6 = [0, 34, 92, 57, 0, 0, 18, 88, 51, 0, 0, 0, 10, 76, 8, 0, 0, 0, 26, 73, 42, 68, 8, 0, 0, 32, 52, 21, 84, 30, 83, 85, 19, 34, 30, 53, 18, 83, 83, 53, 67, 63, 63, 59, 67, 0, 0, 0, 0, 28, 66, 43, 39, 66, 25, 100, 79, 0, 0, 0]; // prettier-ignore

/** One page with these lines: a PDF any viewer opens, its table of contents true to the byte. */
export function pdfOf(lines: readonly string[]): Buffer {
  const escaped = lines.map((line) => line.replace(/[\\()]/g, (sign) => `\\${sign}`));
  const page = `BT /F1 16 Tf 60 770 Td 24 TL ${escaped.map((line) => `(${line}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${Buffer.byteLength(page, 'latin1')} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let body = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = Buffer.byteLength(body, 'latin1');
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const start = Buffer.byteLength(body, 'latin1');
  const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  body += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, 'latin1');
}

/** A file of the demo and the tests, with what the relay and the app say of it. */
export interface SampleFile extends OutgoingMedia {
  bytes: Buffer;
}

/** The same id for the same file at every clinic: ids are the clinic's own, so they cannot meet. */
function idOf(sha256: string): Id {
  const part = (from: number, to: number) => sha256.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-7${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

type Details = Pick<OutgoingMedia, 'kind' | 'mimeType' | 'fileName'> &
  Partial<Pick<OutgoingMedia, 'voice' | 'width' | 'height' | 'durationMs' | 'waveform'>>;

/** Any bytes as a file. */
export function sampleOf(bytes: Buffer, details: Details): SampleFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    mediaId: idOf(sha256),
    voice: false,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
    ...details,
    sizeBytes: bytes.length,
    sha256,
    bytes,
  };
}

const voice = (seconds: number, waveform: number[]) =>
  sampleOf(file(`voice-${seconds}.ogg`), {
    kind: 'audio',
    mimeType: 'audio/ogg; codecs=opus',
    fileName: `nota-de-voz-${seconds}.ogg`,
    voice: true,
    durationMs: seconds * 1_000,
    waveform,
  });
/** A document of the clinic or of a patient. */
export const samplePdf = (fileName: string, lines: readonly string[]) =>
  sampleOf(pdfOf(lines), { kind: 'document', mimeType: 'application/pdf', fileName });

/** Real files, small: pictures, voice notes, a film, a sticker and papers. */
export const SAMPLES = {
  gums: sampleOf(file('gums.jpg'), {
    kind: 'image',
    mimeType: 'image/jpeg',
    fileName: 'encia.jpg',
    width: 960,
    height: 720,
  }),
  xray: sampleOf(file('xray.jpg'), {
    kind: 'image',
    mimeType: 'image/jpeg',
    fileName: 'radiografia.jpg',
    width: 800,
    height: 600,
  }),
  plan: sampleOf(file('plan.png'), {
    kind: 'image',
    mimeType: 'image/png',
    fileName: 'como-llegar.png',
    width: 720,
    height: 480,
  }),
  sticker: sampleOf(file('sticker.webp'), {
    kind: 'sticker',
    mimeType: 'image/webp',
    fileName: 'muela.webp',
    width: 512,
    height: 512,
  }),
  film: sampleOf(file('video.mp4'), {
    kind: 'video',
    mimeType: 'video/mp4',
    fileName: 'bracket.mp4',
    width: 320,
    height: 240,
    durationMs: 3_000,
  }),
  voice17: voice(17, VOICE_17),
  voice6: voice(6, VOICE_6),
  quote: samplePdf('presupuesto-2026.pdf', [
    'Clínica Alameda',
    'Presupuesto de ortodoncia',
    '',
    'Estudio y registros .......... 120 EUR',
    'Aparato .................... 2.150 EUR',
    'Revisiones ................... 480 EUR',
    '',
    'Validez: tres meses',
  ]),
  analysis: samplePdf('informe-analitica.pdf', [
    'Informe de analítica',
    '',
    'Glucosa: 92 mg/dl',
    'Coagulación: normal',
  ]),
  attendance: samplePdf('justificante-asistencia.pdf', [
    'Clínica Alameda',
    'Justificante de asistencia',
    '',
    'Acudió a su cita y permaneció 40 minutos.',
  ]),
} as const;

/** What a message says of a sample, under a name of its own if need be. */
export function contentOf(sample: SampleFile, ownName?: string) {
  const { mediaId, mimeType, fileName, sizeBytes, sha256, voice, width, height, durationMs, waveform } =
    sample;
  return {
    media: {
      id: mediaId,
      mimeType,
      fileName: sample.kind === 'document' ? (ownName ?? fileName) : null,
      sizeBytes,
      voice,
      sha256,
      width,
      height,
      durationMs,
      waveform,
      failure: null,
    },
  };
}
