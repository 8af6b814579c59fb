import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOutgoingFile, OUTGOING_LIMIT_BYTES, sniffType, SNIFFED_BYTES } from './outgoing-file.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array => {
  const list = parts.flatMap((part) =>
    typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : part,
  );
  return new Uint8Array([...list, ...Array<number>(Math.max(0, SNIFFED_BYTES - list.length)).fill(0)]);
};
const zeros = (count: number) => Array<number>(count).fill(0);
const png = (depth: number, colour: number) =>
  bytes([0x89], 'PNG', [0x0d, 0x0a, 0x1a, 0x0a], zeros(8), zeros(8), [depth, colour]);
const ogg = (codec: string, channels: number) => bytes('OggS', zeros(24), codec, [1, channels]);
const HEADS = {
  jpeg: bytes([0xff, 0xd8, 0xff, 0xe0]),
  png: png(8, 6),
  gif: bytes('GIF89a'),
  webp: bytes('RIFF', zeros(4), 'WEBP'),
  wav: bytes('RIFF', zeros(4), 'WAVE'),
  heic: bytes(zeros(4), 'ftypheic'),
  mp4: bytes(zeros(4), 'ftypisom'),
  m4a: bytes(zeros(4), 'ftypM4A '),
  threegp: bytes(zeros(4), 'ftyp3gp4'),
  quicktime: bytes(zeros(4), 'ftypqt  '),
  webm: bytes([0x1a, 0x45, 0xdf, 0xa3]),
  opus: ogg('OpusHead', 1),
  mp3: bytes('ID3'),
  mp3Frame: bytes([0xff, 0xfb, 0x90, 0x64]),
  aac: bytes([0xff, 0xf1, 0x50, 0x80]),
  amr: bytes('#!AMR\n'),
  pdf: bytes('%PDF-1.7'),
  pdfLate: bytes([0xef, 0xbb, 0xbf], '\r\n%PDF-1.4'),
  zip: bytes('PK', [3, 4]),
  ole: bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  text: new TextEncoder().encode('Estimada Lucía: su cita es el lunes'),
  program: bytes('MZ', [0x90, 0]),
} as const;
const check = (head: Uint8Array, fileName: string, mimeType: string, sizeBytes = 1_000) =>
  checkOutgoingFile({ fileName, mimeType, sizeBytes, head });

describe('outgoing files', () => {
  it.each<[keyof typeof HEADS, string, string, string, string]>([
    ['jpeg', 'foto.jpg', 'image/jpeg', 'image', 'image/jpeg'],
    ['jpeg', 'foto.png', 'image/png', 'image', 'image/jpeg'],
    ['png', 'captura.png', '', 'image', 'image/png'],
    ['mp4', 'video.mp4', 'video/mp4', 'video', 'video/mp4'],
    ['threegp', 'video.3gp', 'video/3gpp', 'video', 'video/3gpp'],
    ['opus', 'nota.ogg', 'audio/ogg; codecs=opus', 'audio', 'audio/ogg'],
    ['opus', 'nota.opus', 'audio/opus', 'audio', 'audio/ogg'],
    ['mp3', 'aviso.mp3', 'audio/mp3', 'audio', 'audio/mpeg'],
    ['mp3Frame', 'aviso.mp3', 'audio/mpeg', 'audio', 'audio/mpeg'],
    ['aac', 'aviso.aac', 'audio/aac', 'audio', 'audio/aac'],
    ['amr', 'aviso.amr', 'audio/amr', 'audio', 'audio/amr'],
    ['m4a', 'aviso.m4a', 'audio/x-m4a', 'audio', 'audio/mp4'],
    ['mp4', 'aviso.m4a', 'audio/mp4', 'audio', 'audio/mp4'],
    ['pdf', 'informe.pdf', 'application/pdf', 'document', 'application/pdf'],
    ['pdfLate', 'informe.PDF', 'application/octet-stream', 'document', 'application/pdf'],
    ['zip', 'hoja.xlsx', '', 'document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['zip', 'carta.docx', 'application/zip', 'document', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['ole', 'carta.doc', 'application/msword', 'document', 'application/msword'],
    ['text', 'nota.txt', 'text/plain; charset=utf-8', 'document', 'text/plain'],
    ['text', 'lista.csv', 'application/vnd.ms-excel', 'document', 'text/plain'],
    ['text', 'cita.ics', 'text/calendar', 'document', 'text/plain'],
  ])('takes %s as %s (%s)', (head, fileName, mimeType, kind, type) => {
    expect(check(HEADS[head], fileName, mimeType)).toEqual({ kind, mimeType: type });
  }); // prettier-ignore

  it.each<[keyof typeof HEADS, string, string, string, string | null, string | null]>([
    ['heic', 'foto.heic', 'image/heic', 'type_not_accepted', 'image', 'convert'],
    ['heic', 'foto.jpg', 'image/jpeg', 'type_not_accepted', 'image', 'convert'],
    ['webp', 'foto.webp', 'image/webp', 'type_not_accepted', 'image', 'convert'],
    ['webp', 'foto.png', 'image/png', 'type_not_accepted', 'image', 'convert'],
    ['gif', 'baile.gif', 'image/gif', 'type_not_accepted', 'image', 'convert'],
    ['webm', 'nota.webm', 'audio/webm;codecs=opus', 'type_not_accepted', 'audio', 'convert'],
    ['wav', 'nota.wav', 'audio/wav', 'type_not_accepted', 'audio', 'convert'],
    ['quicktime', 'video.mov', 'video/quicktime', 'type_not_accepted', 'video', 'convert'],
    ['quicktime', 'video.mp4', 'video/mp4', 'type_not_accepted', 'video', 'convert'],
    ['zip', 'todo.zip', 'application/zip', 'type_not_accepted', null, null],
    ['program', 'juego.exe', 'application/x-msdownload', 'type_not_accepted', null, null],
    ['program', 'informe.pdf', 'application/pdf', 'content_mismatch', 'document', null],
    ['program', 'nota.txt', 'text/plain', 'content_mismatch', 'document', null],
    ['zip', 'foto.jpg', 'image/jpeg', 'content_mismatch', 'image', null],
    ['ole', 'hoja.xlsx', '', 'content_mismatch', 'document', null],
    ['pdf', 'foto.png', 'image/png', 'content_mismatch', 'image', null],
    ['jpeg', 'informe.pdf', 'application/pdf', 'content_mismatch', 'document', null],
    ['mp4', 'foto.jpg', 'image/jpeg', 'content_mismatch', 'image', null],
  ])('refuses %s as %s (%s): %s', (head, fileName, mimeType, problem, kind, remedy) => {
    expect(check(HEADS[head], fileName, mimeType)).toEqual({ problem, kind, limitBytes: null, remedy });
  });

  it.each([
    ['a picture of palettes', png(8, 3), 'captura.png', 'image/png'],
    ['a picture of 16 bits', png(16, 2), 'captura.png', 'image/png'],
    ['Vorbis', ogg('\x01vorbis', 1), 'nota.ogg', 'audio/ogg'],
    ['stereo', ogg('OpusHead', 2), 'nota.ogg', 'audio/ogg'],
  ])('refuses %s, which can be converted', (_name, head, fileName, mimeType) => {
    expect(check(head, fileName, mimeType)).toMatchObject({
      problem: 'type_not_accepted',
      remedy: 'convert',
    });
  });

  it.each([
    [HEADS.jpeg, 'foto.jpg', 'image', 'compress'],
    [HEADS.mp4, 'video.mp4', 'video', 'compress'],
    [HEADS.mp3, 'aviso.mp3', 'audio', null],
    [HEADS.pdf, 'informe.pdf', 'document', null],
  ] as const)('has a limit for %s', (head, fileName, kind, remedy) => {
    const limitBytes = OUTGOING_LIMIT_BYTES[kind];
    expect(check(head, fileName, '', limitBytes)).toMatchObject({ kind });
    expect(check(head, fileName, '', limitBytes + 1)).toEqual({ problem: 'too_large', kind, limitBytes, remedy });
  }); // prettier-ignore

  it('refuses nothing at all, and names nobody can read', () => {
    expect(check(HEADS.pdf, 'a.pdf', '', 0)).toMatchObject({ problem: 'empty' });
    expect(check(new Uint8Array(), 'a.pdf', '', 5)).toMatchObject({ problem: 'empty' });
    expect(check(HEADS.pdf, `${'a'.repeat(237)}.pdf`, '')).toMatchObject({ problem: 'name_too_long' });
    expect(check(HEADS.pdf, `${'a'.repeat(236)}.pdf`, '')).toMatchObject({ kind: 'document' });
  });

  it('answers for any bytes under any name', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.string({ maxLength: 40 }),
        fc.oneof(fc.string(), fc.constantFrom('image/png', 'text/plain', 'video/mp4', 'constructor')),
        (head, fileName, mimeType) => {
          sniffType(head);
          const answer = check(head, fileName, mimeType);
          expect(answer.problem !== undefined || answer.mimeType !== '').toBe(true);
          // Nothing a browser would run is ever taken.
          if (answer.problem === undefined) expect(answer.mimeType).not.toMatch(/html|svg|script/);
        },
      ),
    );
  });
});
