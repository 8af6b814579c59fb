import {
  countryOfPhone,
  IntegrationAppointment,
  isSameName,
  newId,
  parsePhone,
  toTimestamp,
  type Id,
  type IntegrationResult,
} from '@recado/protocol';
import type { z } from 'zod';
import { withdrawReminders } from '../bot/withdraw.ts';
import type { Clock } from '../clock.ts';
import { cleanText } from '../commands/scope.ts';
import type { Client, Database } from '../db/database.ts';
import { recordChanges } from '../feed/record.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { APPOINTMENT_COLUMNS, isExpected, type AppointmentRow } from './appointments.ts';
import { readTime } from './written-time.ts';

type Result = z.infer<typeof IntegrationResult>;
type Country = NonNullable<ReturnType<typeof countryOfPhone>>;

/** Appointments written in one transaction: the clinic's turn is never held for long. */
const BATCH = 200;

interface IntegrationDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Jobs;
  clock: Clock;
}

interface Place {
  timeZone: string;
  country: Country;
}

/** One of the practice software's appointments, read. */
interface Wanted extends Pick<AppointmentRow, 'startsAt' | 'treatment' | 'professional' | 'state'> {
  externalId: string;
  name: string;
  phone: string;
}

/** A known appointment, with what the practice software said of it last. */
interface Known extends AppointmentRow {
  externalId: string;
  externalState: string | null;
}

function externalIdOf(item: unknown): string | null {
  const given = (item as { externalId?: unknown } | null)?.externalId;
  return typeof given === 'string' ? given.slice(0, 200) : null;
}

function read(item: unknown, place: Place): Wanted | Pick<Result, 'code' | 'field'> {
  const parsed = IntegrationAppointment.safeParse(item);
  if (!parsed.success) {
    return { code: 'invalid_arguments', field: parsed.error.issues[0]?.path.join('.') ?? '' };
  }
  const { externalId, patient, treatment, professional, state } = parsed.data;
  const phone = parsePhone(patient.phone, place.country);
  if (phone === null) return { code: 'invalid_phone', field: 'patient.phone' };
  const startsAt = readTime(parsed.data.startsAt, place.timeZone);
  if (startsAt === null) return { code: 'invalid_time', field: 'startsAt' };
  return {
    externalId: cleanText(externalId),
    name: cleanText(patient.name),
    phone,
    startsAt,
    treatment: cleanText(treatment),
    professional: cleanText(professional),
    state,
  };
}

async function readPlace(client: Client, clinicId: Id): Promise<Place> {
  const { rows } = await client.query<{ timeZone: string; phone: string | null }>(
    `select time_zone as "timeZone", (
       select display_phone from numbers where numbers.clinic_id = clinics.clinic_id
       order by created_at, phone_number_id limit 1) as phone
     from clinics where clinic_id = $1`,
    [clinicId],
  );
  const { timeZone = 'Europe/Madrid', phone = null } = rows[0] ?? {};
  return { timeZone, country: (phone === null ? null : countryOfPhone(phone)) ?? 'ES' };
}

interface Candidate {
  phone: string;
  id: Id;
  name: string | null;
}

/** Who a number may be: whoever writes from it first, then whoever the clinic noted it for, the oldest first. */
async function candidatesFor(
  client: Client,
  clinicId: Id,
  phones: string[],
): Promise<Map<string, Candidate[]>> {
  const { rows } = await client.query<Candidate>(
    `select phone, id, name from (
       select '+' || value as phone, patients.id, name, 0 as rank, patients.created_at
       from patient_identities identity
       join patients on patients.clinic_id = identity.clinic_id and patients.id = patient_id
       where identity.clinic_id = $1 and kind = 'whatsapp_id' and value = any($3)
       union all
       select phone, id, name, 1, created_at from patients where clinic_id = $1 and phone = any($2)) candidate
     order by rank, created_at, id`,
    [clinicId, phones, phones.map((phone) => phone.slice(1))],
  );
  return Map.groupBy(rows, ({ phone }) => phone);
}

/** Patients the clinic did not know, and names it had only from WhatsApp. */
async function writePatients(
  client: Client,
  clinicId: Id,
  people: { added: Candidate[]; named: Candidate[] },
  now: number,
): Promise<void> {
  const { added, named } = people;
  const all = [...added, ...named];
  if (all.length === 0) return;
  const ids = all.map(({ id }) => id);
  const first = await recordChanges(client, { clinicId, entity: 'patient', ids });
  const rows = JSON.stringify(all.map((person, place) => ({ ...person, version: first + place })));
  const shape = 'jsonb_to_recordset($2::jsonb) as person(id uuid, name text, phone text, version bigint)';
  await client.query(
    `insert into patients (clinic_id, id, name, phone, version, created_at)
     select $1, id, name, phone, version, $3 from ${shape}
     on conflict (clinic_id, id) do update set name = excluded.name, version = excluded.version`,
    [clinicId, rows, toTimestamp(now)],
  );
  // So that the first message of a new one finds them.
  await client.query(
    `insert into patient_identities (clinic_id, kind, value, patient_id, created_at)
     select $1, 'whatsapp_id', substr(phone, 2), id, $3 from ${shape} where id = any($4)
     on conflict do nothing`,
    [clinicId, rows, toTimestamp(now), added.map(({ id }) => id)],
  );
}

/** The patient of every number, made where there was none. */
async function patientsOf(
  client: Client,
  clinicId: Id,
  wanted: Wanted[],
  now: number,
): Promise<Map<Wanted, Id>> {
  const candidates = await candidatesFor(client, clinicId, [...new Set(wanted.map(({ phone }) => phone))]);
  const added: Candidate[] = [];
  const named = new Map<Id, Candidate>();
  const ids = new Map<Wanted, Id>();
  for (const each of wanted) {
    const known = candidates.get(each.phone) ?? [];
    const patient = known.find(({ name }) => name !== null && isSameName(name, each.name)) ?? known[0];
    if (patient) {
      ids.set(each, patient.id);
      if (patient.name !== null) continue;
      patient.name = each.name;
      named.set(patient.id, { ...patient, phone: each.phone });
      continue;
    }
    const person = { id: newId(), name: each.name, phone: each.phone };
    added.push(person);
    candidates.set(each.phone, [person]);
    ids.set(each, person.id);
  }
  await writePatients(client, clinicId, { added, named: [...named.values()] }, now);
  return ids;
}

async function knownByExternalId(
  client: Client,
  clinicId: Id,
  externalIds: string[],
): Promise<Map<string, Known>> {
  const { rows } = await client.query<Known>(
    `select ${APPOINTMENT_COLUMNS}, external_state as "externalState"
     from appointments where clinic_id = $1 and external_id = any($2)`,
    [clinicId, externalIds],
  );
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** The appointment as it has to be; null when it is like that already. */
function changed(known: Known | undefined, wanted: Wanted, patientId: Id, now: number): Known | null {
  const { externalId, startsAt, treatment, professional } = wanted;
  const hasMoved = known?.startsAt !== startsAt || known.patientId !== patientId;
  const hasNewState = hasMoved || known.externalState !== wanted.state;
  if (!hasNewState && known.treatment === treatment && known.professional === professional) return null;
  return {
    id: known?.id ?? newId(),
    patientId,
    startsAt,
    treatment,
    professional,
    // What a patient has answered stays while the practice software only repeats itself.
    state: hasNewState ? wanted.state : known.state,
    externalId,
    externalState: wanted.state,
    reminder: hasMoved ? null : known.reminder,
    placedAt: hasMoved ? now : known.placedAt,
  };
}

async function writeAppointments(client: Client, clinicId: Id, appointments: Known[]): Promise<void> {
  const ids = appointments.map(({ id }) => id);
  const first = await recordChanges(client, { clinicId, entity: 'appointment', ids });
  await client.query(
    `insert into appointments (clinic_id, id, patient_id, starts_at, treatment, professional, state, external_id,
       external_state, reminder, placed_at, version)
     select $1, id, "patientId", "startsAt", treatment, professional, state, "externalId", "externalState",
       reminder, "placedAt", version
     from jsonb_to_recordset($2::jsonb) as appointment(id uuid, "patientId" uuid, "startsAt" timestamptz,
       treatment text, professional text, state text, "externalId" text, "externalState" text, reminder text,
       "placedAt" timestamptz, version bigint)
     on conflict (clinic_id, id) do update set
       patient_id = excluded.patient_id, starts_at = excluded.starts_at, treatment = excluded.treatment,
       professional = excluded.professional, state = excluded.state,
       external_state = excluded.external_state, reminder = excluded.reminder,
       placed_at = excluded.placed_at, version = excluded.version`,
    [
      clinicId,
      JSON.stringify(
        appointments.map((row, place) => ({
          ...row,
          startsAt: toTimestamp(row.startsAt),
          placedAt: toTimestamp(row.placedAt),
          version: first + place,
        })),
      ),
    ],
  );
}

/**
 * Takes appointments of a clinic's practice software, which has the last word on them. Each is taken or refused by
 * itself; what is there already changes nothing, so that whatever was interrupted is simply sent again.
 */
export function createIntegration({ database, write, jobs, clock }: IntegrationDeps) {
  /** Those that changed something. */
  function putBatch(clinicId: Id, batch: Wanted[]): Promise<Set<string>> {
    return write(clinicId, async (client) => {
      const now = clock.now();
      // Twice in one request: the later one is how it is.
      const wanted = [...new Map(batch.map((each) => [each.externalId, each])).values()];
      const known = await knownByExternalId(
        client,
        clinicId,
        wanted.map(({ externalId }) => externalId),
      );
      const patientIds = await patientsOf(client, clinicId, wanted, now);
      const changes = wanted.flatMap((each) => {
        const patientId = patientIds.get(each);
        return patientId === undefined
          ? []
          : (changed(known.get(each.externalId), each, patientId, now) ?? []);
      });
      if (changes.length === 0) return new Set<string>();
      await writeAppointments(client, clinicId, changes);
      const outdated = changes.filter(({ externalId, startsAt, patientId, state }) => {
        const before = known.get(externalId);
        const hasMoved = before?.startsAt !== startsAt || before.patientId !== patientId;
        return before !== undefined && (hasMoved || !isExpected(state));
      });
      await withdrawReminders(
        { client, clinicId, now, enqueueDelivery: jobs.enqueueDelivery },
        outdated.map(({ id }) => id),
      );
      return new Set(changes.map(({ externalId }) => externalId));
    });
  }

  return {
    async put(clinicId: Id, items: unknown[]): Promise<Result[]> {
      const place = await database.inClinic(clinicId, (client) => readPlace(client, clinicId));
      const results: Result[] = [];
      for (let next = 0; next < items.length; next += BATCH) {
        const readings = items.slice(next, next + BATCH).map((item) => read(item, place));
        const wanted = readings.filter((reading) => 'externalId' in reading);
        const applied = wanted.length === 0 ? new Set<string>() : await putBatch(clinicId, wanted);
        for (const [place, reading] of readings.entries()) {
          const index = next + place;
          results.push(
            'externalId' in reading
              ? {
                  index,
                  externalId: reading.externalId,
                  status: applied.has(reading.externalId) ? 'applied' : 'unchanged',
                }
              : { index, externalId: externalIdOf(items[index]), status: 'refused', ...reading },
          );
        }
      }
      jobs.wake();
      return results;
    },
  };
}
export type Integration = ReturnType<typeof createIntegration>;
