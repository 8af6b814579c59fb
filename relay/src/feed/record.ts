import type { EntityName } from '@recado/protocol';
import type { Client } from '../db/database.ts';

/** There is no such clinic, or it is not the one of the transaction. */
export class UnknownClinicError extends Error {
  override readonly name = 'UnknownClinicError';
}

/**
 * Gives a change the clinic's next number. The clinic's row stays locked until the transaction ends, so numbers have
 * no gaps and become visible in order: whoever reads up to n has seen everything up to n. The caller writes the
 * number into the row's `version` in the same transaction.
 */
export async function recordChange(
  client: Client,
  change: { clinicId: string; entity: EntityName; id: string; op?: 'put' | 'del' },
): Promise<number> {
  const { rows } = await client.query<{ seq: number }>(
    `with next as (update clinics set seq = seq + 1 where clinic_id = $1 returning seq)
     insert into changes (clinic_id, seq, entity, id, op) select $1, seq, $2, $3, $4 from next returning seq`,
    [change.clinicId, change.entity, change.id, change.op ?? 'put'],
  );
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new UnknownClinicError('there is no such clinic');
  return seq;
}

/** Numbers a change of each of `ids`, in their order, as `recordChange` does. Returns the number of the first. */
export async function recordChanges(
  client: Client,
  changes: { clinicId: string; entity: EntityName; ids: string[] },
): Promise<number> {
  const { rows } = await client.query<{ first: number }>(
    `with next as (
       update clinics set seq = seq + cardinality($3::uuid[]) where clinic_id = $1
       returning seq - cardinality($3::uuid[]) as before),
     recorded as (
       insert into changes (clinic_id, seq, entity, id, op)
       select $1, before + place, $2, id, 'put' from next, unnest($3::uuid[]) with ordinality as changed(id, place))
     select before + 1 as first from next`,
    [changes.clinicId, changes.entity, changes.ids],
  );
  const first = rows[0]?.first;
  if (first === undefined) throw new UnknownClinicError('there is no such clinic');
  return first;
}
