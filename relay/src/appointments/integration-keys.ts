import { newId, toTimestamp, type Id } from '@recado/protocol';
import type { z } from 'zod';
import type { IntegrationKey } from '@recado/protocol';
import { isDuplicate } from '../accounts/duplicates.ts';
import { hashToken, newToken } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { UnknownClinicError } from '../feed/record.ts';

type Key = z.infer<typeof IntegrationKey>;

/** PostgreSQL's foreign_key_violation. */
const NO_SUCH_CLINIC = '23503';
/** How exactly the last use of a key is known, milliseconds. */
const USE_NOTED_EVERY_MS = 60_000;

/** Keys with which a clinic's practice software may bring appointments, and nothing else. Only hashes are kept. */
export function createIntegrationKeys({ database, clock }: { database: Database; clock: Clock }) {
  return {
    async list(clinicId: Id): Promise<Key[]> {
      const { rows } = await database.inClinic(clinicId, (client) =>
        client.query<{ id: Id; name: string; createdAt: number; lastUsedAt: number | null }>(
          `select id, name, created_at as "createdAt", last_used_at as "lastUsedAt"
           from integration_keys where clinic_id = $1 order by created_at, id`,
          [clinicId],
        ),
      );
      return rows.map(({ createdAt, lastUsedAt, ...key }) => ({
        ...key,
        createdAt: toTimestamp(createdAt),
        lastUsedAt: toTimestamp(lastUsedAt),
      }));
    },

    /** The key, for this once; null when the id is taken. Throws UnknownClinicError. */
    async add(clinicId: Id, { id = newId(), name }: { id?: Id; name: string }) {
      const key = `recado_${newToken()}`;
      try {
        await database.inClinic(clinicId, (client) =>
          client.query(
            `insert into integration_keys (clinic_id, id, name, key_hash, created_at)
             values ($1, $2, $3, $4, $5)`,
            [clinicId, id, name, hashToken(key), toTimestamp(clock.now())],
          ),
        );
      } catch (error) {
        if (isDuplicate(error)) return null;
        if ((error as { code?: unknown }).code === NO_SUCH_CLINIC) {
          throw new UnknownClinicError('there is no such clinic');
        }
        throw error;
      }
      return { id, key };
    },

    /** From now on the key opens nothing. False when there was none. */
    async remove(clinicId: Id, id: Id): Promise<boolean> {
      const { rowCount } = await database.inClinic(clinicId, (client) =>
        client.query('delete from integration_keys where clinic_id = $1 and id = $2', [clinicId, id]),
      );
      return Boolean(rowCount);
    },

    /** Whose key it is, or null. */
    identify(key: string): Promise<{ clinicId: Id } | null> {
      return database.asSystem(async (client) => {
        const now = clock.now();
        const { rows } = await client.query<{ clinicId: Id; id: Id; lastUsedAt: number | null }>(
          `select clinic_id as "clinicId", id, last_used_at as "lastUsedAt"
           from integration_keys where key_hash = $1`,
          [hashToken(key)],
        );
        const [found] = rows;
        if (!found) return null;
        if (found.lastUsedAt === null || now - found.lastUsedAt >= USE_NOTED_EVERY_MS) {
          await client.query(
            'update integration_keys set last_used_at = $3 where clinic_id = $1 and id = $2',
            [found.clinicId, found.id, toTimestamp(now)],
          );
        }
        return { clinicId: found.clinicId };
      });
    },
  };
}
export type IntegrationKeys = ReturnType<typeof createIntegrationKeys>;
