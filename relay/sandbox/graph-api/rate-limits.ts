/** Meta's two sending limits. https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput */
export interface RateLimitOptions {
  /** Messages per second of one business number, in and out together; null switches the limit off. */
  throughputPerSecond: number | null;
  /** Messages to one person: `burst` at once, then one each `everyMs`; null switches the limit off. */
  pair: { burst: number; everyMs: number } | null;
}

export const META_RATE_LIMITS: RateLimitOptions = {
  throughputPerSecond: 80,
  pair: { burst: 45, everyMs: 6_000 },
};

export interface RateLimits {
  /** Counts a message that came in; never refused. */
  countInbound(numberId: string, now: number): void;
  /** Counts an outgoing message, or names the error that refuses it. */
  takeOutbound(numberId: string, user: string, now: number): 130429 | 131056 | null;
}

/** Sliding second per number, leaking bucket per number and person. */
export function createRateLimits(options: RateLimitOptions): RateLimits {
  const recent = new Map<string, number[]>();
  const pairs = new Map<string, { tokens: number; at: number }>();

  const inLastSecond = (numberId: string, now: number) => {
    const times = (recent.get(numberId) ?? []).filter((at) => at > now - 1_000);
    recent.set(numberId, times);
    return times;
  };

  return {
    countInbound(numberId, now) {
      if (options.throughputPerSecond !== null) inLastSecond(numberId, now).push(now);
    },
    takeOutbound(numberId, user, now) {
      const times = options.throughputPerSecond === null ? null : inLastSecond(numberId, now);
      if (times && times.length >= (options.throughputPerSecond ?? Infinity)) return 130429;
      if (options.pair) {
        const key = `${numberId} ${user}`;
        const held = pairs.get(key) ?? { tokens: options.pair.burst, at: now };
        const refilled = Math.min(options.pair.burst, held.tokens + (now - held.at) / options.pair.everyMs);
        if (refilled < 1) return 131056;
        pairs.set(key, { tokens: refilled - 1, at: now });
      }
      times?.push(now);
      return null;
    },
  };
}
