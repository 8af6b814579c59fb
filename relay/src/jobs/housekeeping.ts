import { DAY, toTimestamp, type Id } from '@recado/protocol';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { pruneChanges } from '../feed/changes.ts';
import type { Logger } from '../logger.ts';
import type { Media } from '../media/media.ts';
import { dropOldHeldItems } from '../whatsapp/apply/held.ts';
import { repeat } from './repeat.ts';

const EVERY_MS = 3_600_000;
/** Results of commands: a PC that was off for a month still learns that its command had its effect. */
const COMMANDS_KEPT_MS = 45 * DAY;
/** Changes: a PC that was off longer takes a snapshot, which is quicker for it anyway. */
const CHANGES_KEPT_MS = 60 * DAY;
/** Raw webhooks that were understood; those set aside stay until somebody has looked. */
const WEBHOOKS_KEPT_MS = 30 * DAY;

interface HousekeepingDeps {
  database: Database;
  media: Pick<Media, 'dropAbandoned'>;
  clock: Clock;
  logger: Logger;
}

/** Forgets what nobody will ask for any more. */
export async function keepHouse({ database, media, clock }: HousekeepingDeps): Promise<void> {
  const now = clock.now();
  await dropOldHeldItems(database, now);
  const clinics = await database.asSystem(async (client) => {
    await client.query(`delete from webhook_events where state = 'processed' and received_at < $1`, [
      toTimestamp(now - WEBHOOKS_KEPT_MS),
    ]);
    const { rows } = await client.query<{ clinic_id: Id }>('select clinic_id from clinics');
    return rows.map(({ clinic_id }) => clinic_id);
  });
  for (const clinicId of clinics) {
    const upTo = await database.inClinic(clinicId, async (client) => {
      await client.query('delete from commands where clinic_id = $1 and created_at < $2', [
        clinicId,
        toTimestamp(now - COMMANDS_KEPT_MS),
      ]);
      const { rows } = await client.query<{ seq: number | null }>(
        'select max(seq) as seq from changes where clinic_id = $1 and changed_at < $2',
        [clinicId, toTimestamp(now - CHANGES_KEPT_MS)],
      );
      return rows[0]?.seq ?? 0;
    });
    await media.dropAbandoned(clinicId);
    if (upTo > 0) await pruneChanges(database, { clinicId, upTo });
  }
}

/** Keeps house once an hour; returns how to stop. */
export function startHousekeeping(deps: HousekeepingDeps): () => Promise<void> {
  return repeat({
    work: () => keepHouse(deps),
    everyMs: EVERY_MS,
    firstAfterMs: EVERY_MS,
    failure: 'housekeeping failed',
    logger: deps.logger,
  });
}
