import type { TemplateMessageComponent } from '@recado/protocol';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { retryRuleOf, type RetryRule } from './graph-errors.ts';
import { createGraphHttp, type GraphRefusal } from './graph-http.ts';

/** The parts of Meta's answers the relay relies on; everything else may change. */
const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) });
const Succeeded = z.object({ success: z.literal(true) });
const Uploaded = z.object({ id: z.union([z.string().min(1), z.number()]).transform(String) });
/** Who was done; the others are listed apart, with their errors. */
const NamedUsers = z.array(z.looseObject({})).default([]);
const Blocked = z.object({
  block_users: z.object({
    added_users: NamedUsers,
    removed_users: NamedUsers,
    failed_users: z
      .array(
        z.object({
          errors: z
            .array(z.object({ code: z.union([z.number(), z.string()]).transform(String) }))
            .default([]),
        }),
      )
      .default([]),
  }),
});
const Described = z.object({ url: z.url(), file_size: z.coerce.number().optional().catch(undefined) });

/** A file WhatsApp has, by its id there. */
interface SentFile {
  id: string;
  caption?: string;
  filename?: string;
  voice?: true;
}

/** What is said, as Meta wants it per type. */
export type GraphContent =
  | { type: 'text'; text: { body: string; preview_url: boolean } }
  | { type: 'image'; image: SentFile }
  | { type: 'video'; video: SentFile }
  | { type: 'audio'; audio: SentFile }
  | { type: 'document'; document: SentFile }
  | { type: 'sticker'; sticker: SentFile }
  | { type: 'reaction'; reaction: { message_id: string; emoji: string } }
  | {
      type: 'template';
      template: { name: string; language: { code: string }; components?: TemplateMessageComponent[] };
    };

/** Which of the clinic's numbers acts. */
export interface GraphSender {
  phoneNumberId: string;
  accessToken: string;
}

export interface OutgoingMessage extends GraphSender {
  /** E.164 with its plus: without it Meta would prepend the clinic's own country. Wins over `userId`. */
  phone: string | null;
  userId: string | null;
  content: GraphContent;
  /** WhatsApp's id of the message this one answers. */
  replyTo: string | null;
  /** Comes back in every status; how a send without an answer is found again. */
  callbackData: string;
}

/**
 * `accepted`: WhatsApp has it. `refused`: it certainly has not; `retry` tells whether and when to try again.
 * `unknown`: nobody can tell, so it must not be sent again before a status had its chance to arrive.
 */
export type SendResult =
  | { outcome: 'accepted'; wamid: string }
  | { outcome: 'refused'; code: string; title: string | null; retry: RetryRule | null }
  | { outcome: 'unknown'; code: string };

/** `done`: the patient has blue ticks. `later`: worth another try. `never`: it will not be taken. */
export type MarkAsReadResult = { outcome: 'done' } | { outcome: 'later' | 'never'; code: string };

/** `done`: it is so for this number. `later`: worth another try, which is harmless. `never`: WhatsApp will not do it. */
export type BlockResult = { outcome: 'done' } | { outcome: 'later' | 'never'; code: string };

/** A file, or why there is none. */
export type FileResult<Found> = ({ outcome: 'done' } & Found) | GraphRefusal;

/** Uploading the largest file over a slow line. */
const UPLOAD_TIMEOUT_MS = 240_000;
export const LONGEST_UPLOAD_MS = UPLOAD_TIMEOUT_MS;
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** A form of one file, written while it is read. */
function multipart(file: { mimeType: string; fileName: string; sizeBytes: number; bytes: Readable }) {
  const boundary = `recado-${randomUUID()}`;
  const quoted = file.fileName.replace(/["\\\r\n]/g, '_');
  const before = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="type"\r\n\r\n${file.mimeType}\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${quoted}"\r\n` +
      `content-type: ${file.mimeType}\r\n\r\n`,
  );
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts() {
    yield before;
    for await (const chunk of file.bytes) yield chunk as Buffer;
    yield after;
  }
  return {
    content: Readable.from(parts()),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(before.length + file.sizeBytes + after.length),
    },
  };
}

/** Calls Meta's Graph API about messages and their files. */
export function createGraphClient(settings: { graphUrl: string; sendTimeoutMs: number }) {
  const callGraph = createGraphHttp(settings);
  const post = ({ phoneNumberId, accessToken }: GraphSender, body: object) =>
    callGraph({
      accessToken,
      path: `${phoneNumberId}/messages`,
      json: { messaging_product: 'whatsapp', ...body },
    });

  return {
    async sendMessage(message: OutgoingMessage): Promise<SendResult> {
      const recipient = message.phone === null ? { recipient: message.userId } : { to: message.phone };
      const answer = await post(message, {
        recipient_type: 'individual',
        ...recipient,
        ...(message.replyTo === null ? {} : { context: { message_id: message.replyTo } }),
        ...message.content,
        biz_opaque_callback_data: message.callbackData,
      });
      if (answer.outcome !== 'answered') return answer;
      const accepted = Accepted.safeParse(answer.body);
      return accepted.success
        ? { outcome: 'accepted', wamid: accepted.data.messages[0]?.id ?? '' }
        : { outcome: 'unknown', code: 'unreadable_answer' };
    },

    /**
     * Blue ticks for a message and all before it. Harmless when repeated.
     * https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/mark-message-as-read
     */
    async markAsRead(message: GraphSender & { wamid: string }): Promise<MarkAsReadResult> {
      const answer = await post(message, { status: 'read', message_id: message.wamid });
      if (answer.outcome === 'answered') {
        return Succeeded.safeParse(answer.body).success
          ? { outcome: 'done' }
          : { outcome: 'later', code: 'unreadable_answer' };
      }
      const isFinal = answer.outcome === 'refused' && retryRuleOf(answer.code) === null;
      return { outcome: isFinal ? 'never' : 'later', code: answer.code };
    },

    /**
     * Blocks or unblocks one person for one number. Harmless when repeated. Answered with 200 even where it failed.
     * https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
     */
    async setBlocked(
      person: GraphSender & { phone: string | null; userId: string | null; block: boolean },
    ): Promise<BlockResult> {
      const answer = await callGraph({
        accessToken: person.accessToken,
        method: person.block ? 'POST' : 'DELETE',
        path: `${person.phoneNumberId}/block_users`,
        json: {
          messaging_product: 'whatsapp',
          block_users: [person.phone === null ? { user_id: person.userId } : { user: person.phone }],
        },
      });
      if (answer.outcome === 'unknown') return { outcome: 'later', code: answer.code };
      if (answer.outcome === 'refused') {
        return { outcome: answer.retry === null ? 'never' : 'later', code: answer.code };
      }
      const read = Blocked.safeParse(answer.body);
      if (!read.success) return { outcome: 'later', code: 'unreadable_answer' };
      const { added_users, removed_users, failed_users } = read.data.block_users;
      const [failed] = failed_users;
      if (failed) return { outcome: 'never', code: failed.errors[0]?.code ?? 'unknown' };
      const done = person.block ? added_users : removed_users;
      return done.length > 0 ? { outcome: 'done' } : { outcome: 'later', code: 'unreadable_answer' };
    },

    /** Gives Meta a file to send; it keeps it thirty days, for this number. Harmless when repeated. */
    async uploadMedia(
      sender: GraphSender,
      file: { mimeType: string; fileName: string; sizeBytes: number; bytes: Readable },
    ): Promise<FileResult<{ graphId: string }>> {
      const answer = await callGraph({
        accessToken: sender.accessToken,
        path: `${sender.phoneNumberId}/media`,
        bytes: multipart(file),
        timeoutMs: UPLOAD_TIMEOUT_MS,
      });
      if (answer.outcome !== 'answered') return answer;
      const uploaded = Uploaded.safeParse(answer.body);
      return uploaded.success
        ? { outcome: 'done', graphId: uploaded.data.id }
        : { outcome: 'unknown', code: 'unreadable_answer' };
    },

    /** Where a patient's file can be fetched for five minutes. */
    async findMediaUrl(
      sender: GraphSender,
      graphId: string,
    ): Promise<FileResult<{ url: string; sizeBytes: number | null }>> {
      const answer = await callGraph({
        accessToken: sender.accessToken,
        method: 'GET',
        path: encodeURIComponent(graphId),
        query: { phone_number_id: sender.phoneNumberId },
      });
      if (answer.outcome !== 'answered') return answer;
      const described = Described.safeParse(answer.body);
      return described.success
        ? { outcome: 'done', url: described.data.url, sizeBytes: described.data.file_size ?? null }
        : { outcome: 'unknown', code: 'unreadable_answer' };
    },

    /** Opens a patient's file. Whether its address may be trusted with the token is the caller's to say. */
    async downloadMedia(
      accessToken: string,
      url: string,
    ): Promise<FileResult<{ bytes: AsyncIterable<Uint8Array>; sizeBytes: number | null }>> {
      try {
        const response = await fetch(url, {
          headers: { authorization: `Bearer ${accessToken}` },
          redirect: 'error',
          signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
        });
        if (!response.ok || response.body === null) {
          await response.body?.cancel();
          return { outcome: 'unknown', code: `http_${response.status}` };
        }
        const length = Number(response.headers.get('content-length') ?? Number.NaN);
        return {
          outcome: 'done',
          bytes: response.body as unknown as AsyncIterable<Uint8Array>,
          sizeBytes: Number.isFinite(length) ? length : null,
        };
      } catch (error) {
        return { outcome: 'unknown', code: error instanceof Error ? error.name : 'unknown' };
      }
    },
  };
}
export type GraphClient = ReturnType<typeof createGraphClient>;
