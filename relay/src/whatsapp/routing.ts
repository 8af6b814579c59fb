import type { Id } from '@recado/protocol';
import { toTimestamp } from '@recado/protocol';
import { enterClinic, type Client } from '../db/database.ts';
import { recordChange } from '../feed/record.ts';
import { lockClinic } from '../feed/writer.ts';
import type { Route } from './inbound/items.ts';

/**
 * The clinic a webhook is for: by its number; by its account where no number is named, as for templates. Null when
 * nobody here has it.
 */
export async function clinicOf(client: Client, route: Route): Promise<Id | null> {
  const { rows } = await client.query<{ clinic_id: Id }>(
    route.phoneNumberId === null
      ? 'select clinic_id from numbers where waba_id = $1 order by created_at limit 1'
      : 'select clinic_id from numbers where phone_number_id = $1',
    [route.phoneNumberId ?? route.wabaId],
  );
  return rows[0]?.clinic_id ?? null;
}

/**
 * Gives a number nobody connected to the only clinic there is, able to receive but not to send. For demonstrations
 * and replays. Null when there is not exactly one clinic.
 */
export async function adoptNumber(client: Client, route: Route, now: number): Promise<Id | null> {
  const { rows } = await client.query<{ clinic_id: Id }>('select clinic_id from clinics limit 2');
  const clinicId = rows.length === 1 ? (rows[0]?.clinic_id ?? null) : null;
  if (clinicId === null || route.phoneNumberId === null) return clinicId;
  await client.query(enterClinic(clinicId));
  await lockClinic(client, clinicId);
  const { rowCount } = await client.query(
    `insert into numbers (phone_number_id, clinic_id, waba_id, display_phone, created_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [
      route.phoneNumberId,
      clinicId,
      route.wabaId ?? '',
      route.displayPhone === null ? '' : `+${route.displayPhone}`,
      toTimestamp(now),
    ],
  );
  if (rowCount) {
    const version = await recordChange(client, { clinicId, entity: 'clinic', id: clinicId });
    await client.query('update clinics set version = $2 where clinic_id = $1', [clinicId, version]);
  }
  return clinicId;
}
