/** What the clinic knows of a patient, from the window and from its practice software, over a real relay and a real store. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, LUCIA, type ClinicWorld } from '../testing/clinic-world.ts';

const DAY = 86_400_000;

let world: ClinicWorld;
let profile: TestProfile;
let app: TestApp;

beforeEach(async () => {
  [world, profile] = await Promise.all([createClinicWorld(), createProfile()]);
  app = await startApp(profile);
  const { email, password } = world.agent;
  await app.ask('session.signIn', { relayUrl: world.url, email, password });
  await app.until(() => app.state().sync.phase === 'live');
  await world.patientWrites('Hola, ¿puedo cambiar la cita?', LUCIA);
});

afterEach(async () => {
  await app.close();
  await world.close();
  await profile.remove();
});

const rows = async () => (await app.ask('inbox.page', { query: buildQuery(), before: null, limit: 50 })).rows;
const openedConversation = () => app.until(async () => (await rows())[0]?.conversationId);
const detailOf = (conversationId: string) => app.ask('conversation.get', { conversationId });
const allSent = () => app.until(() => app.state().sync.unsent === 0);

/** The copy on this PC is what the relay has; nothing is compared while news is on its way. */
const expectEqual = () =>
  app.until(async () => {
    await app.ask('store.check', {});
    return app.state().sync.check?.result === 'equal';
  });

it('keeps a name, a note and appointments at once, and the relay agrees', async () => {
  const conversationId = await openedConversation();
  const { patientId } = await detailOf(conversationId);
  await app.ask('patient.update', { patientId, name: 'Lucía M.', note: 'Alérgica', remindersOff: true });
  expect((await rows())[0]?.displayName).toBe('Lucía M.');

  const appointment = {
    patientId,
    startsAt: Date.now() + DAY,
    treatment: 'Revisión',
    professional: 'Dra. Gil',
    state: 'scheduled' as const,
  };
  const { appointmentId } = await app.ask('appointment.put', { ...appointment, appointmentId: null });
  const other = await app.ask('appointment.put', { ...appointment, appointmentId: null });
  await app.ask('appointment.put', { ...appointment, appointmentId, state: 'confirmed' });
  await app.ask('appointment.delete', { appointmentId: other.appointmentId });
  const expected = { id: appointmentId, state: 'confirmed', isExternal: false };
  expect((await detailOf(conversationId)).nextAppointment).toMatchObject(expected);

  await allSent();
  expect(await detailOf(conversationId)).toMatchObject({
    displayName: 'Lucía M.',
    note: 'Alérgica',
    remindersOff: true,
    nextAppointment: expected,
  });
  expect((await app.ask('appointment.list', { patientId })).appointments).toHaveLength(1);
  await expectEqual();
});

it('shows what the practice software brings within a second, and leaves it to that', async () => {
  const conversationId = await openedConversation();
  const { key } = await app.ask('integrationKey.create', { name: 'Agenda' });
  const began = performance.now();
  const answer = await fetch(`${world.url}/v1/integrations/appointments`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      appointments: [
        {
          externalId: '1024',
          patient: { name: 'Lucía Martín', phone: '600 11 12 22' },
          startsAt: new Date(Date.now() + DAY).toISOString(),
          treatment: 'Limpieza',
        },
      ],
    }),
  });
  expect(answer.status).toBe(200);
  const shown = await app.until(async () => (await detailOf(conversationId)).nextAppointment);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(shown).toMatchObject({ treatment: 'Limpieza', isExternal: true });
  expect((await rows())[0]?.nextAppointmentAt).toBe(shown.startsAt);
  const refused = await app.call('appointment.delete', { appointmentId: shown.id });
  expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden' } });

  const { keys } = await app.ask('integrationKey.list', {});
  expect(keys).toMatchObject([{ name: 'Agenda' }]);
  expect(keys[0]?.lastUsedAt).not.toBeNull();
  await app.ask('integrationKey.delete', { id: keys[0]!.id });
  expect((await app.ask('integrationKey.list', {})).keys).toEqual([]);
  await expectEqual();
});
