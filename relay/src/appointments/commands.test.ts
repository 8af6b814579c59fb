import { newId, toTimestamp, type Entity, type Id } from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../../sandbox/testing/inbox.ts';
import { createRelayClient } from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, signIn } from '../../sandbox/testing/relay.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

async function command(type: string, args: Record<string, unknown>, by = inbox.david) {
  const [result] = await by.send([by.command(type, args)]);
  return result;
}

async function newPatient(): Promise<Entity<'patient'>> {
  const { patientId } = await (await inbox.patientIn.received()).conversation();
  return patientOf(patientId);
}

async function patientOf(id: Id): Promise<Entity<'patient'>> {
  const found = (await inbox.marta.all('patient')).find((patient) => patient.id === id);
  if (!found) throw new Error('there is no such patient');
  return found;
}

/** Somebody of another clinic of the same relay. */
async function stranger() {
  const clinic = await createTestClinic(inbox.relay.databaseUrl);
  const session = await signIn(inbox.relay.url, clinic.agents[0] ?? { email: '', password: '' });
  return createRelayClient(inbox.relay.url, session.token);
}

describe('what the clinic knows of a patient', () => {
  test('is changed part by part, and the name goes back to WhatsApp’s', async () => {
    const patient = await newPatient();
    const { id: patientId, profileName } = patient;
    await command('patient.update', { patientId, name: '  Lucía Martín  ', note: 'Alergia al látex' });
    expect(await patientOf(patientId)).toEqual({
      ...patient,
      name: 'Lucía Martín',
      note: 'Alergia al látex',
    });
    await command('patient.update', { patientId, language: 'ca', remindersOff: true });
    expect(await patientOf(patientId)).toMatchObject({
      name: 'Lucía Martín',
      language: 'ca',
      remindersOff: true,
    });
    await command('patient.update', { patientId, name: ' ', language: null, note: '', remindersOff: false });
    expect(await patientOf(patientId)).toEqual({ ...patient, name: null, profileName });
  });

  test('makes no change when there is none, and is nobody else’s', async () => {
    const { id: patientId } = await newPatient();
    expect(await command('patient.update', { patientId, note: '' })).toMatchObject({ status: 'applied' });
    expect((await command('patient.update', { patientId, note: '' }))?.seq).toBeUndefined();
    expect(await command('patient.update', { patientId: newId(), note: 'x' })).toMatchObject({
      status: 'refused',
      code: 'patient_not_found',
    });
    expect(await command('patient.update', { patientId, note: 'x' }, await stranger())).toMatchObject({
      code: 'patient_not_found',
    });
  });
});

describe('an appointment made by hand', () => {
  const appointment = (patientId: Id, more: object = {}) => ({
    appointmentId: newId(),
    patientId,
    startsAt: toTimestamp(inbox.now() + 86_400_000),
    treatment: 'Limpieza',
    professional: 'Irene Campos',
    state: 'scheduled',
    ...more,
  });
  const stored = async (id: Id) => (await inbox.marta.all('appointment')).find((each) => each.id === id);

  test('is made, changed and taken away, and everybody hears of it', async () => {
    const { id: patientId } = await newPatient();
    const { appointmentId: id, ...made } = appointment(patientId);
    await command('appointment.put', { appointmentId: id, ...made });
    expect(await stored(id)).toEqual({ ...made, id, externalId: null, reminder: null });
    expect((await command('appointment.put', { appointmentId: id, ...made }))?.seq).toBeUndefined();
    await command('appointment.put', { appointmentId: id, ...made, state: 'confirmed', treatment: '' });
    expect(await stored(id)).toMatchObject({ state: 'confirmed', treatment: '' });
    expect(await command('appointment.delete', { appointmentId: id })).toMatchObject({ status: 'applied' });
    const changes = (await inbox.marta.allChanges()).filter((change) => change.id === id);
    expect(changes.map(({ op }) => op)).toEqual(['del']);
    expect(await command('appointment.delete', { appointmentId: id })).toMatchObject({
      code: 'appointment_not_found',
    });
  });

  test('is a patient’s of this clinic', async () => {
    const { id: patientId } = await newPatient();
    const other = await stranger();
    expect(await command('appointment.put', appointment(newId()))).toMatchObject({
      code: 'patient_not_found',
    });
    expect(await command('appointment.put', appointment(patientId), other)).toMatchObject({
      code: 'patient_not_found',
    });
    const made = appointment(patientId);
    await command('appointment.put', made);
    expect(await command('appointment.delete', { appointmentId: made.appointmentId }, other)).toMatchObject({
      code: 'appointment_not_found',
    });
    expect(await stored(made.appointmentId)).toBeDefined();
  });
});
