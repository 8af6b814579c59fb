import { createHash, randomBytes, randomInt } from 'node:crypto';
import { DAY } from '@recado/protocol';
import { graphFailure, type GraphFailure } from './errors.ts';
import { DEFAULT_MEMORY, keepNewest } from './world.ts';

const MEGABYTE = 1_048_576;

/** Types and sizes WhatsApp takes. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media */
export const MEDIA_LIMITS: { kind: string; types: RegExp; maxBytes: number }[] = [
  { kind: 'sticker', types: /^image\/webp$/, maxBytes: 500 * 1_024 },
  { kind: 'image', types: /^image\/(jpeg|png)$/, maxBytes: 5 * MEGABYTE },
  { kind: 'audio', types: /^audio\/(aac|amr|mpeg|mp4|ogg)(;.*)?$/, maxBytes: 16 * MEGABYTE },
  { kind: 'video', types: /^video\/(mp4|3gpp)$/, maxBytes: 16 * MEGABYTE },
  {
    kind: 'document',
    types:
      /^(text\/plain|application\/(pdf|msword|vnd\.(ms-excel|ms-powerpoint|openxmlformats-officedocument\.[\w.]+)))$/,
    maxBytes: 100 * MEGABYTE,
  },
];

const LINKS_KEPT = 5_000;
const URL_LIFETIME_MS = 300_000;
const UPLOADED_LIFETIME_MS = 30 * DAY;
const INBOUND_LIFETIME_MS = 7 * DAY;

interface StoredMedia {
  id: string;
  numberId: string;
  bytes: Buffer;
  mimeType: string;
  sha256: string;
  expiresAt: number;
}

/** A media file a patient sends, or a clinic uploads. */
export interface MediaInput {
  bytes: Buffer;
  mimeType: string;
}

export interface MediaStore {
  upload(numberId: string, input: MediaInput): { id: string } | { failure: GraphFailure };
  /** Takes a patient's file; its id and sha256 go into the webhook. */
  receive(numberId: string, input: MediaInput): { id: string; sha256: string; url: string };
  describe(id: string, numberId: string | undefined): Record<string, unknown> | { failure: GraphFailure };
  download(token: string): { bytes: Buffer; mimeType: string } | null;
  remove(id: string): boolean;
  /** Why a message of `kind` may not carry the uploaded file, or null. */
  check(id: string, kind: string, numberId: string): GraphFailure | null;
}

/** Uploaded and received files with Meta's lifetimes; `baseUrl` is asked late because the port is known late. */
export function createMediaStore(
  clock: () => number,
  baseUrl: () => string,
  mostBytes = DEFAULT_MEMORY.mediaBytes,
): MediaStore {
  const files = new Map<string, StoredMedia>();
  const links = new Map<string, { id: string; expiresAt: number }>();
  let bytesHeld = 0;

  const drop = (id: string) => {
    bytesHeld -= files.get(id)?.bytes.length ?? 0;
    return files.delete(id);
  };

  const store = (numberId: string, input: MediaInput, lifetime: number): StoredMedia => {
    const file = {
      id: String(randomInt(1e14, 2e14)),
      numberId,
      ...input,
      sha256: createHash('sha256').update(input.bytes).digest('base64'),
      expiresAt: clock() + lifetime,
    };
    files.set(file.id, file);
    bytesHeld += file.bytes.length;
    for (const oldest of files.keys()) {
      if (bytesHeld <= mostBytes || oldest === file.id) break;
      drop(oldest);
    }
    return file;
  };
  const held = (id: string) => {
    const file = files.get(id);
    return file && clock() < file.expiresAt ? file : null;
  };
  const link = (id: string) => {
    const token = randomBytes(16).toString('base64url');
    links.set(token, { id, expiresAt: clock() + URL_LIFETIME_MS });
    keepNewest(links, LINKS_KEPT);
    return `${baseUrl()}/media-download/${token}`;
  };
  const missing = (id: string) =>
    graphFailure(100, `Object with ID '${id}' does not exist, or cannot be loaded`, {
      subcode: 33,
      type: 'GraphMethodException',
    });

  return {
    upload(numberId, input) {
      const limit = MEDIA_LIMITS.find((candidate) => candidate.types.test(input.mimeType));
      if (!limit) return { failure: graphFailure(131053, `Unsupported MIME type ${input.mimeType}`) };
      if (input.bytes.length > limit.maxBytes) {
        return {
          failure: graphFailure(131053, `File of ${input.bytes.length} bytes exceeds ${limit.maxBytes}`),
        };
      }
      return { id: store(numberId, input, UPLOADED_LIFETIME_MS).id };
    },
    receive(numberId, input) {
      const file = store(numberId, input, INBOUND_LIFETIME_MS);
      return { id: file.id, sha256: file.sha256, url: link(file.id) };
    },
    describe(id, numberId) {
      const file = held(id);
      if (!file || (numberId !== undefined && numberId !== file.numberId)) return { failure: missing(id) };
      return {
        messaging_product: 'whatsapp',
        url: link(id),
        mime_type: file.mimeType,
        sha256: Buffer.from(file.sha256, 'base64').toString('hex'),
        file_size: file.bytes.length,
        id,
      };
    },
    download(token) {
      const target = links.get(token);
      const file = target && clock() < target.expiresAt ? held(target.id) : null;
      return file ? { bytes: file.bytes, mimeType: file.mimeType } : null;
    },
    remove: drop,
    check(id, kind, numberId) {
      const file = held(id);
      if (!file || file.numberId !== numberId) return missing(id);
      const limit = MEDIA_LIMITS.find((candidate) => candidate.kind === kind);
      if (!limit || !limit.types.test(file.mimeType)) {
        return graphFailure(131053, `Media of type ${file.mimeType} cannot be sent as ${kind}`);
      }
      if (file.bytes.length <= limit.maxBytes) return null;
      return graphFailure(131053, `File of ${file.bytes.length} bytes exceeds ${limit.maxBytes} for ${kind}`);
    },
  };
}
