import { describe, expect, it } from 'vitest';
import { mediaIdOf, mediaResponse, parseRange, shownType, type OpenMedia } from './media-response.ts';

const ID = '018f3f2e-7c1a-7000-8000-000000000001';
const CONTENT = new TextEncoder().encode('0123456789');

function fileOf(mimeType: string) {
  let closed = 0;
  const openMedia: OpenMedia = async () => ({
    ok: true,
    mimeType,
    fileName: null,
    file: {
      sizeBytes: CONTENT.length,
      async *read(start, end) {
        for (let at = start; at < end; at += 3) yield CONTENT.subarray(at, Math.min(at + 3, end));
      },
      close: async () => {
        closed += 1;
      },
    },
  });
  return { openMedia, closed: () => closed };
}

describe('addresses of files', () => {
  it.each([
    [`app://recado/media/${ID}`, ID],
    [`app://recado/media/${ID}?again`, ID],
    [`app://elsewhere/media/${ID}`, null],
    [`https://recado/media/${ID}`, null],
    [`app://recado/media/${ID}/x`, null],
    ['app://recado/media/../key.json', null],
    ['app://recado/media/', null],
    ['app://recado/index.html', null],
    ['nonsense', null],
  ])('%s', (address, expected) => {
    expect(mediaIdOf(address)).toBe(expected);
  });
});

describe('ranges', () => {
  it.each([
    [null, 'whole'],
    ['bytes=0-', { start: 0, end: 10 }],
    ['bytes=3-5', { start: 3, end: 6 }],
    ['bytes=3-500', { start: 3, end: 10 }],
    ['bytes=-4', { start: 6, end: 10 }],
    ['bytes=-400', { start: 0, end: 10 }],
    ['bytes=10-', 'invalid'],
    ['bytes=-0', 'invalid'],
    ['bytes=5-2', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['lines=0-1', 'whole'],
  ])('%s', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });
});

describe('types', () => {
  it.each([
    ['image/jpeg', 'image/jpeg'],
    ['Audio/OGG; codecs=opus', 'audio/ogg'],
    ['application/pdf', 'application/pdf'],
    ['text/html', null],
    ['image/svg+xml', null],
    ['application/xhtml+xml', null],
    ['text/javascript', null],
    ['text/xml', null],
    ['text/plain', null],
    ['', null],
  ])('%s is shown as %s', (mimeType, expected) => {
    expect(shownType(mimeType)).toBe(expected);
  });
});

describe('answers', () => {
  it('gives the whole of a picture, to be shown and never run or kept', async () => {
    const { openMedia, closed } = fileOf('image/png');
    const answer = await mediaResponse({ mediaId: ID, range: null }, openMedia);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await answer.text()).toBe('0123456789');
    expect(closed()).toBe(1);
  });

  it('gives a part of a film', async () => {
    const { openMedia } = fileOf('video/mp4');
    const answer = await mediaResponse({ mediaId: ID, range: 'bytes=4-7' }, openMedia);
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 4-7/10',
      '4567',
    ]);
  });

  it('hands over a page as bytes to be saved', async () => {
    const { openMedia } = fileOf('text/html');
    const answer = await mediaResponse({ mediaId: ID, range: null }, openMedia);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe('attachment');
    await answer.body?.cancel();
  });

  it('lets go of the file when the window has enough, or asks for what is not there', async () => {
    const first = fileOf('audio/ogg');
    const answer = await mediaResponse({ mediaId: ID, range: null }, first.openMedia);
    const reader = answer.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(first.closed()).toBe(1);
    const second = fileOf('audio/ogg');
    const invalid = await mediaResponse({ mediaId: ID, range: 'bytes=10-' }, second.openMedia);
    expect([invalid.status, invalid.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(second.closed()).toBe(1);
  });

  it.each([
    ['not_found', 404],
    ['signed_out', 404],
    ['offline', 503],
    ['disk_full', 507],
  ] as const)('says %s with %i', async (reason, status) => {
    const answer = await mediaResponse({ mediaId: ID, range: null }, async () => ({ ok: false, reason }));
    expect(answer.status).toBe(status);
  });
});
