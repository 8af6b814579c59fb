import { parsePhone, RefusalCode, toTimestamp, type CommandArguments } from '@recado/protocol';
import {
  createConversation,
  findConversation,
  findConversationOf,
  saveConversation,
} from '../db/conversations.ts';
import { recordChange } from '../feed/record.ts';
import { findPatient } from '../whatsapp/apply/patients.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Begins a conversation with a number. A patient who is known by it already, from appointments for instance, is that patient. */
export async function startConversation(
  scope: CommandScope,
  args: CommandArguments<'conversation.start'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const { numberId, conversationId } = args;
  const phone = parsePhone(args.phone);
  const { rowCount: isOurNumber } = await client.query(
    'select from numbers where clinic_id = $1 and phone_number_id = $2',
    [clinicId, numberId],
  );
  if (phone === null || !isOurNumber) return refused(RefusalCode.invalidArguments);
  const known = await patientByPhone(scope, phone);
  if (known !== null && (await findConversationOf(client, clinicId, { patientId: known, numberId }))) {
    return refused(RefusalCode.conversationExists);
  }
  // The id is taken when another command has already begun it.
  if (await findConversation(client, clinicId, conversationId)) return refused(RefusalCode.invalidArguments);
  const patientId = known ?? (await createPatient(scope, { id: args.patientId, phone, name: args.name }));
  if (patientId === null) return refused(RefusalCode.invalidArguments);
  const conversation = await createConversation(client, clinicId, {
    id: conversationId,
    patientId,
    numberId,
    at: now,
  });
  return applied(await saveConversation(client, conversation));
}

/** By what webhooks call them, or by what the clinic wrote down. */
async function patientByPhone({ client, clinicId }: CommandScope, phone: string): Promise<string | null> {
  const known = await findPatient(client, clinicId, {
    whatsappIds: [phone.slice(1)],
    userId: null,
    profileName: null,
  });
  if (known !== null) return known;
  const { rows } = await client.query<{ id: string }>(
    'select id from patients where clinic_id = $1 and phone = $2 order by created_at limit 1',
    [clinicId, phone],
  );
  return rows[0]?.id ?? null;
}

async function createPatient(
  { client, clinicId, now }: CommandScope,
  patient: { id: string; phone: string; name: string | null },
): Promise<string | null> {
  const { rowCount: isTaken } = await client.query('select from patients where clinic_id = $1 and id = $2', [
    clinicId,
    patient.id,
  ]);
  if (isTaken) return null;
  const version = await recordChange(client, { clinicId, entity: 'patient', id: patient.id });
  const name = patient.name === null ? null : cleanText(patient.name).trim() || null;
  await client.query(
    `insert into patients (clinic_id, id, name, phone, version, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [clinicId, patient.id, name, patient.phone, version, toTimestamp(now)],
  );
  // So that the patient's first answer finds this conversation.
  await client.query(
    `insert into patient_identities (clinic_id, kind, value, patient_id, created_at)
     values ($1, 'whatsapp_id', $2, $3, $4) on conflict do nothing`,
    [clinicId, patient.phone.slice(1), patient.id, toTimestamp(now)],
  );
  return patient.id;
}
