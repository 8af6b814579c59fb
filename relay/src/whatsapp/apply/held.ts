import { toTimestamp } from '@recado/protocol';
import type { Database } from '../../db/database.ts';
import type { InboundItem } from '../inbound/items.ts';
import type { ApplyScope } from './scope.ts';

/** WhatsApp repeats webhooks for seven days; what waited longer will not meet its message any more. */
const HELD_FOR_MS = 7 * 24 * 3_600_000;

/** Keeps what speaks of a message that is not here yet: webhooks come in any order, even before our call returns. */
export async function holdItem(scope: ApplyScope, wamid: string, item: InboundItem): Promise<void> {
  await scope.client.query(
    'insert into held_events (clinic_id, number_id, wamid, item, received_at) values ($1, $2, $3, $4, $5)',
    [scope.clinicId, scope.numberId, wamid, JSON.stringify(item), toTimestamp(scope.now)],
  );
}

/** Takes out what was held for a message, in the order it came. */
export async function takeHeldItems(scope: ApplyScope, wamid: string): Promise<InboundItem[]> {
  const { rows } = await scope.client.query<{ id: number; item: InboundItem }>(
    `delete from held_events where clinic_id = $1 and number_id = $2 and wamid = $3 returning id, item`,
    [scope.clinicId, scope.numberId, wamid],
  );
  return rows.sort((a, b) => a.id - b.id).map(({ item }) => item);
}

export async function dropOldHeldItems(database: Database, now: number): Promise<void> {
  await database.asSystem((client) =>
    client.query('delete from held_events where received_at < $1', [toTimestamp(now - HELD_FOR_MS)]),
  );
}
