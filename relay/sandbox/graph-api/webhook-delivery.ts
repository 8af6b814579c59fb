import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import { metaJson, webhookEnvelope, webhookSignature, type WebhookChange } from './webhook-body.ts';

/** What became of the first attempt to deliver a webhook. */
export interface WebhookDelivery {
  /** HTTP status of the relay's answer; null when it gave none or the webhook was held back. */
  http: number | null;
  /** The relay's own id of the stored event, from `X-Webhook-Event`. */
  eventId: string | null;
}

export interface WebhookDeliveryOptions {
  /** Waits before the second, third … attempt after anything but 200, milliseconds; the last one repeats. */
  retryMs: number[];
  /** Attempts before a webhook is given up (Meta: seven days). */
  maxAttempts: number;
  requestTimeoutMs: number;
  /** Webhooks kept while they are held back; the oldest are lost first. */
  mostHeld: number;
}

export interface WebhookSender {
  setUrl(url: string | null): void;
  /** Signs and posts; resolves after the first attempt, retries go on behind. */
  send(changes: WebhookChange[]): Promise<WebhookDelivery>;
  /** Posts exact bytes, signed, once. */
  post(body: string | Buffer, signature?: string): Promise<WebhookDelivery>;
  /** From now on webhooks are kept instead of sent. */
  hold(): void;
  /** Sends what was kept: in order, reversed, or all in one body. */
  release(order?: 'kept' | 'reversed' | 'batched'): Promise<WebhookDelivery[]>;
  /** Meta's handshake: whether the callback answers the challenge. */
  verify(verifyToken: string): Promise<boolean>;
}

const NOT_DELIVERED: WebhookDelivery = { http: null, eventId: null };

/** Meta's side of webhooks: signature over the exact bytes, at least once, again with back-off until 200. */
export function createWebhookSender(parts: {
  url: string | null;
  appSecret: string;
  faults: Faults;
  scheduler: Scheduler;
  options: WebhookDeliveryOptions;
}): WebhookSender {
  const { appSecret, faults, scheduler, options } = parts;
  let url = parts.url;
  let held: WebhookChange[][] | null = null;

  const post = async (body: string | Buffer, signature?: string): Promise<WebhookDelivery> => {
    if (url === null) return NOT_DELIVERED;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': signature ?? webhookSignature(appSecret, body),
        },
        body: typeof body === 'string' ? body : new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(options.requestTimeoutMs),
      });
      await response.arrayBuffer();
      return { http: response.status, eventId: response.headers.get('x-webhook-event') };
    } catch {
      return NOT_DELIVERED;
    }
  };

  const attempt = async (body: string, number: number, signature?: string): Promise<WebhookDelivery> => {
    const delivery = await scheduler.track(post(body, signature));
    if (delivery.http !== 200 && number < options.maxAttempts && url !== null) {
      const wait = options.retryMs[Math.min(number - 1, options.retryMs.length - 1)] ?? 0;
      scheduler.after(wait, async () => void (await attempt(body, number + 1)));
    }
    return delivery;
  };

  const send = async (changes: WebhookChange[]): Promise<WebhookDelivery> => {
    if (held) {
      held.push(changes);
      if (held.length > options.mostHeld) held.shift();
      return NOT_DELIVERED;
    }
    if (faults.take('dropWebhook')) return NOT_DELIVERED;
    const body = metaJson(webhookEnvelope(changes));
    const delayed = faults.take('delayWebhook');
    if (delayed) {
      scheduler.after(delayed.ms, async () => void (await attempt(body, 1)));
      return NOT_DELIVERED;
    }
    const forged = faults.take('forgeWebhook');
    if (forged) return attempt(body, options.maxAttempts, webhookSignature(`${appSecret}-forged`, body));
    const duplicated = faults.take('duplicateWebhook');
    const delivery = await attempt(body, 1);
    if (duplicated) await attempt(body, 1);
    return delivery;
  };

  return {
    setUrl(next) {
      url = next;
    },
    send,
    post,
    hold() {
      held ??= [];
    },
    async release(order = 'kept') {
      const kept = held ?? [];
      held = null;
      if (kept.length === 0) return [];
      if (order === 'batched') return [await send(kept.flat())];
      const deliveries: WebhookDelivery[] = [];
      for (const changes of order === 'reversed' ? kept.reverse() : kept)
        deliveries.push(await send(changes));
      return deliveries;
    },
    async verify(verifyToken) {
      if (url === null) return false;
      const challenge = String(Math.floor(Math.random() * 1e9));
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': challenge,
        'hub.verify_token': verifyToken,
      });
      try {
        const response = await fetch(`${url}?${query}`, {
          signal: AbortSignal.timeout(options.requestTimeoutMs),
        });
        return response.status === 200 && (await response.text()) === challenge;
      } catch {
        return false;
      }
    },
  };
}
