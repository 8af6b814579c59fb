import { z } from 'zod';
import { retryRuleOf, type RetryRule } from './graph-errors.ts';

/** The parts of Meta's answers the relay relies on; everything else may change. */
const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) });
const Refused = z.object({
  error: z.object({
    code: z.union([z.number(), z.string()]).transform(String),
    message: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});

export interface OutgoingText {
  phoneNumberId: string;
  accessToken: string;
  /** E.164 with its plus: without it Meta would prepend the clinic's own country. Wins over `userId`. */
  phone: string | null;
  userId: string | null;
  text: string;
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

const Succeeded = z.object({ success: z.literal(true) });

/** Failures that happen before a single byte of the request has left. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function causeCode(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  // Happy eyeballs: one error per address that was tried.
  if (cause instanceof AggregateError) {
    const codes = cause.errors.map((each: unknown) => String((each as { code?: unknown }).code));
    return codes.every((code) => NEVER_CONNECTED.has(code)) ? (codes[0] ?? 'unknown') : 'unknown';
  }
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

function readAnswer(status: number, body: string): SendResult {
  let json: unknown = null;
  try {
    json = JSON.parse(body);
  } catch {
    // An answer of something between us and Meta: it proves nothing.
  }
  const accepted = Accepted.safeParse(json);
  if (accepted.success && status < 300) {
    return { outcome: 'accepted', wamid: accepted.data.messages[0]?.id ?? '' };
  }
  const refused = Refused.safeParse(json);
  if (!refused.success) return { outcome: 'unknown', code: `http_${status}` };
  const { code, message, error_data } = refused.data.error;
  return {
    outcome: 'refused',
    code,
    title: error_data?.details ?? message ?? null,
    retry: retryRuleOf(code),
  };
}

/** Calls Meta's Graph API. One call is one HTTP request: retrying is the caller's, who knows what was attempted. */
export function createGraphClient(settings: { graphUrl: string; sendTimeoutMs: number }) {
  const post = (to: { phoneNumberId: string; accessToken: string }, body: object) =>
    fetch(`${settings.graphUrl}/${to.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${to.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', ...body }),
      redirect: 'error',
      signal: AbortSignal.timeout(settings.sendTimeoutMs),
    });

  return {
    async sendText(message: OutgoingText): Promise<SendResult> {
      const recipient = message.phone === null ? { recipient: message.userId } : { to: message.phone };
      try {
        const response = await post(message, {
          recipient_type: 'individual',
          ...recipient,
          ...(message.replyTo === null ? {} : { context: { message_id: message.replyTo } }),
          type: 'text',
          text: { body: message.text, preview_url: false },
          biz_opaque_callback_data: message.callbackData,
        });
        return readAnswer(response.status, await response.text());
      } catch (error) {
        const code = causeCode(error);
        return NEVER_CONNECTED.has(code)
          ? { outcome: 'refused', code: 'unreachable', title: code, retry: retryRuleOf('unreachable') }
          : { outcome: 'unknown', code };
      }
    },

    /**
     * Blue ticks for a message and all before it. Harmless when repeated.
     * https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/mark-message-as-read
     */
    async markAsRead(message: {
      phoneNumberId: string;
      accessToken: string;
      wamid: string;
    }): Promise<MarkAsReadResult> {
      try {
        const response = await post(message, { status: 'read', message_id: message.wamid });
        const body: unknown = await response.json().catch(() => null);
        if (Succeeded.safeParse(body).success) return { outcome: 'done' };
        const refused = Refused.safeParse(body);
        if (!refused.success) return { outcome: 'later', code: `http_${response.status}` };
        const { code } = refused.data.error;
        return { outcome: retryRuleOf(code) === null ? 'never' : 'later', code };
      } catch (error) {
        return { outcome: 'later', code: causeCode(error) };
      }
    },
  };
}
export type GraphClient = ReturnType<typeof createGraphClient>;
