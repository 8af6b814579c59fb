import { newId, phoneFromWhatsappId, toTimestamp, type Id } from '@recado/protocol';
import type { Client } from '../../db/database.ts';
import { recordChange } from '../../feed/record.ts';
import type { Person } from '../inbound/items.ts';

interface Identity {
  kind: 'user_id' | 'whatsapp_id';
  value: string;
}

/** How a person may be found, surest first: a user id is WhatsApp's own, a number may change hands. */
function identitiesOf(person: Person): Identity[] {
  return [
    ...(person.userId === null ? [] : [{ kind: 'user_id' as const, value: person.userId }]),
    ...person.whatsappIds.map((value) => ({ kind: 'whatsapp_id' as const, value })),
  ];
}

/** The phone a person can be written to: the first id that is a number at all. */
export function phoneOf(person: Person): string | null {
  for (const id of person.whatsappIds) {
    const phone = phoneFromWhatsappId(id);
    if (phone !== null) return phone;
  }
  return null;
}

async function ownersOf(client: Client, clinicId: Id, identities: Identity[]) {
  const { rows } = await client.query<Identity & { patient_id: Id }>(
    `select kind, value, patient_id from patient_identities
     join unnest($2::text[], $3::text[]) as wanted(kind, value) using (kind, value)
     where clinic_id = $1`,
    [clinicId, identities.map(({ kind }) => kind), identities.map(({ value }) => value)],
  );
  return new Map(rows.map(({ kind, value, patient_id }) => [`${kind} ${value}`, patient_id]));
}

/** The patient a webhook speaks of, or null when nobody is known by any of its ids. */
export async function findPatient(client: Client, clinicId: Id, person: Person): Promise<Id | null> {
  const identities = identitiesOf(person);
  const owners = await ownersOf(client, clinicId, identities);
  for (const { kind, value } of identities) {
    const owner = owners.get(`${kind} ${value}`);
    if (owner !== undefined) return owner;
  }
  return null;
}

/**
 * Gives the patient every id nobody else has. An id that belongs to another patient stays there: joining two
 * medical conversations is for a person to decide, not for a webhook.
 */
async function learnIdentities(client: Client, clinicId: Id, patientId: Id, person: Person, at: number) {
  for (const { kind, value } of identitiesOf(person)) {
    await client.query(
      `insert into patient_identities (clinic_id, kind, value, patient_id, created_at)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [clinicId, kind, value, patientId, toTimestamp(at)],
    );
  }
}

async function owns(
  client: Client,
  clinicId: Id,
  patientId: Id,
  identity: Identity | null,
): Promise<boolean> {
  if (identity === null) return false;
  const owners = await ownersOf(client, clinicId, [identity]);
  return owners.get(`${identity.kind} ${identity.value}`) === patientId;
}

interface PatientDetails {
  profile_name: string | null;
  phone: string | null;
  whatsapp_user_id: string | null;
}

async function readDetails(client: Client, clinicId: Id, patientId: Id): Promise<PatientDetails> {
  const { rows } = await client.query<PatientDetails>(
    'select profile_name, phone, whatsapp_user_id from patients where clinic_id = $1 and id = $2',
    [clinicId, patientId],
  );
  if (!rows[0]) throw new Error('the patient of an identity does not exist');
  return rows[0];
}

async function updateDetails(
  client: Client,
  clinicId: Id,
  patientId: Id,
  current: PatientDetails,
  details: PatientDetails,
) {
  if (
    current.profile_name === details.profile_name &&
    current.phone === details.phone &&
    current.whatsapp_user_id === details.whatsapp_user_id
  ) {
    return;
  }
  const version = await recordChange(client, { clinicId, entity: 'patient', id: patientId });
  await client.query(
    `update patients set profile_name = $3, phone = $4, whatsapp_user_id = $5, version = $6
     where clinic_id = $1 and id = $2`,
    [clinicId, patientId, details.profile_name, details.phone, details.whatsapp_user_id, version],
  );
}

async function createPatient(client: Client, clinicId: Id, person: Person, at: number): Promise<Id> {
  const id = newId();
  const version = await recordChange(client, { clinicId, entity: 'patient', id });
  await client.query(
    `insert into patients (clinic_id, id, profile_name, phone, whatsapp_user_id, version, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [clinicId, id, person.profileName, phoneOf(person), person.userId, version, toTimestamp(at)],
  );
  await learnIdentities(client, clinicId, id, person, at);
  return id;
}

/** The patient, made when new, with what the webhook newly tells of name and ids. */
export async function patientFor(client: Client, clinicId: Id, person: Person, at: number): Promise<Id> {
  const id = await findPatient(client, clinicId, person);
  if (id === null) return createPatient(client, clinicId, person, at);
  await learnIdentities(client, clinicId, id, person, at);
  const known = await readDetails(client, clinicId, id);
  const phoneId = person.whatsappIds.find((value) => phoneFromWhatsappId(value) !== null);
  const hasPhone = await owns(client, clinicId, id, phoneId ? { kind: 'whatsapp_id', value: phoneId } : null);
  const hasUserId = await owns(
    client,
    clinicId,
    id,
    person.userId === null ? null : { kind: 'user_id', value: person.userId },
  );
  await updateDetails(client, clinicId, id, known, {
    profile_name: person.profileName ?? known.profile_name,
    phone: known.phone ?? (hasPhone ? phoneOf(person) : null),
    whatsapp_user_id: hasUserId ? person.userId : known.whatsapp_user_id,
  });
  return id;
}

/**
 * The patient's number or user id changed: the new one finds the same patient from now on, and the old one no
 * longer does, because a number may be given to somebody else. Null when nobody is known by the old one.
 */
export async function changeIdentity(
  client: Client,
  clinicId: Id,
  change: { before: Person; after: Person; at: number },
): Promise<Id | null> {
  const id = await findPatient(client, clinicId, change.before);
  if (id === null) return null;
  await learnIdentities(client, clinicId, id, change.after, change.at);
  const kept = new Set(identitiesOf(change.after).map(({ kind, value }) => `${kind} ${value}`));
  // A number is retired only for another number: a new user id alone says nothing about the phone.
  const retired = identitiesOf(change.before).filter(
    ({ kind, value }) =>
      !kept.has(`${kind} ${value}`) &&
      (kind === 'user_id' ? change.after.userId !== null : change.after.whatsappIds.length > 0),
  );
  for (const { kind, value } of retired) {
    await client.query(
      'delete from patient_identities where clinic_id = $1 and kind = $2 and value = $3 and patient_id = $4',
      [clinicId, kind, value, id],
    );
  }
  const known = await readDetails(client, clinicId, id);
  await updateDetails(client, clinicId, id, known, {
    profile_name: known.profile_name,
    phone: phoneOf(change.after) ?? known.phone,
    whatsapp_user_id: change.after.userId ?? known.whatsapp_user_id,
  });
  return id;
}
