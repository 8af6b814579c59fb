import { toTimestamp } from '@recado/protocol';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';

/** Failures allowed within the span, for one account and for one address; then it waits until the oldest is past. */
export const LOGIN_LIMITS = { spanMs: 15 * 60_000, perAccount: 10, perAddress: 50 };

/**
 * Slows down guessing. Kept in the database, so that it holds for all processes and over restarts. Only failures
 * count, and only within the span: the right password works again once it has passed.
 */
export function createLoginThrottle({ database, clock }: { database: Database; clock: Clock }) {
  /** An e-mail address may be a typing slip that holds a password: only its hash is kept. */
  const accountKey = (email: string) => createHash('sha256').update(email).digest('base64url');

  return {
    /**
     * Seconds to wait before trying, or 0. With 0 the try already counts as failed until `succeeded` says otherwise,
     * so that many tries at the same moment cannot slip through together.
     */
    async begin(email: string, address: string): Promise<number> {
      const now = clock.now();
      const since = now - LOGIN_LIMITS.spanMs;
      const account = accountKey(email);
      return database.asSystem(async (client) => {
        await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [account]);
        await client.query('delete from login_attempts where failed_at < $1', [toTimestamp(since)]);
        const { rows } = await client.query<{ account: number | null; address: number | null }>(
          `select (select failed_at from login_attempts where account = $1
                   order by failed_at desc offset $3 limit 1) as account,
                  (select failed_at from login_attempts where address = $2
                   order by failed_at desc offset $4 limit 1) as address`,
          [account, address, LOGIN_LIMITS.perAccount - 1, LOGIN_LIMITS.perAddress - 1],
        );
        const blocking = Math.max(rows[0]?.account ?? 0, rows[0]?.address ?? 0);
        if (blocking > 0) return Math.max(1, Math.ceil((blocking - since) / 1000));
        await client.query('insert into login_attempts (account, address, failed_at) values ($1, $2, $3)', [
          account,
          address,
          toTimestamp(now),
        ]);
        return 0;
      });
    },

    async succeeded(email: string): Promise<void> {
      await database.asSystem((client) =>
        client.query('delete from login_attempts where account = $1', [accountKey(email)]),
      );
    },
  };
}
export type LoginThrottle = ReturnType<typeof createLoginThrottle>;
