import type { Client, Database } from '../db/database.ts';
import type { Doorbell } from './doorbell.ts';

/**
 * Takes the clinic's turn to write. Every writer takes it before anything else: changes are numbered under this lock
 * anyway, and with one order of locking no two transactions can wait for each other.
 */
export async function lockClinic(client: Client, clinicId: string): Promise<void> {
  await client.query('select from clinics where clinic_id = $1 for no key update', [clinicId]);
}

/** The way to change a clinic's data: one transaction, in turn, and readers hear of it after the commit. */
export type WriteToClinic = <Result>(
  clinicId: string,
  work: (client: Client) => Promise<Result>,
) => Promise<Result>;

export function createWriter({
  database,
  doorbell,
}: {
  database: Database;
  doorbell: Doorbell;
}): WriteToClinic {
  return async (clinicId, work) => {
    const result = await database.inClinic(clinicId, async (client) => {
      await lockClinic(client, clinicId);
      return work(client);
    });
    doorbell.ring(clinicId);
    return result;
  };
}
