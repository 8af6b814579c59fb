import {
  DAY,
  type Entity,
  HOUR,
  type Id,
  instantNear,
  newId,
  toEpoch,
  toTimestamp,
  wallAt,
} from '@recado/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accept, refuse, type GraphCall } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { startTestRelay } from '../../sandbox/testing/relay.ts';
import { saveTemplate } from '../templates/templates.ts';

const ZONE = 'Europe/Madrid';
let inbox: TestInbox;
let key: string;
let templateId: Id;

beforeAll(async () => {
  inbox = await startTestInbox();
  const { clinic, url } = inbox.relay;
  templateId = newId();
  await inbox.database.inClinic(clinic.id, (client) =>
    saveTemplate(client, clinic.id, {
      id: templateId,
      wabaId: clinic.number.wabaId,
      graphId: '500000000000009',
      name: 'aviso_de_cita',
      language: 'es',
      category: 'UTILITY',
      status: 'APPROVED',
      components: [
        {
          type: 'BODY',
          text: 'Hola {{nombre}}, te esperamos el {{fecha}} a las {{hora}} con {{profesional}}.',
        },
        {
          type: 'BUTTONS',
          buttons: ['Confirmar', 'Cambiar', 'Cancelar'].map((text) => ({ type: 'QUICK_REPLY', text })),
        },
      ],
      parameterFormat: 'NAMED',
      quality: 'GREEN',
      rejectionReason: null,
      hidden: false,
      headerMedia: null,
      task: null,
    }),
  );
  await settings({});
  const response = await fetch(`${url}/v1/integration-keys`, {
    method: 'POST',
    headers: { ...inbox.marta.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), name: 'Gesden' }),
  });
  key = ((await response.json()) as { key: string }).key;
});
afterAll(() => inbox.close());
beforeEach(() => inbox.graph.answerWith(accept));

async function settings(more: object): Promise<void> {
  const reminders = {
    templateId,
    hoursBefore: [24],
    quietFrom: '21:00',
    quietTo: '09:00',
    optOutWords: ['BAJA'],
    ...more,
  };
  const [result] = await inbox.marta.send([
    inbox.marta.command('clinic.updateSettings', { settings: { reminders } }),
  ]);
  expect(result?.status).toBe('applied');
}

/** Five in the afternoon of the day after tomorrow, by the clinic's clocks. */
function afternoon(): number {
  const wall = wallAt(ZONE, inbox.now());
  return instantNear(ZONE, wall - (wall % DAY) + 2 * DAY + 17 * HOUR);
}
const passUntil = (at: number) => inbox.pass(at - inbox.now());

let people = 0;
interface Booked {
  patient: TestPatient;
  startsAt: number;
  id: Id;
  externalId: string;
}

/** Somebody with an appointment of the practice software. */
async function booked(more: object = {}): Promise<Booked> {
  people += 1;
  const waId = `3462100${String(people).padStart(4, '0')}`;
  const startsAt = afternoon();
  const externalId = `R-${people}`;
  const put = await integration({
    externalId,
    patient: { name: 'Lucía Prueba', phone: waId },
    startsAt,
    ...more,
  });
  expect(put).toBe('applied');
  const id = (await inbox.marta.all('appointment')).find((each) => each.externalId === externalId)?.id ?? '';
  return { patient: inbox.patientOf({ waId, name: 'Lucía' }), startsAt, id, externalId };
}

async function integration(appointment: {
  externalId: string;
  patient: { name: string; phone: string };
  startsAt: number;
  professional?: string;
  state?: string;
}): Promise<string | undefined> {
  const { patient, startsAt } = appointment;
  const response = await fetch(`${inbox.relay.url}/v1/integrations/appointments`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      appointments: [
        {
          treatment: 'Revisión',
          professional: 'Dra. Gil',
          ...appointment,
          patient: { ...patient, phone: `+${patient.phone}` },
          startsAt: toTimestamp(startsAt),
        },
      ],
    }),
  });
  const { results } = (await response.json()) as { results: { status: string }[] };
  return results[0]?.status;
}

const appointmentOf = async (id: Id): Promise<Entity<'appointment'> | undefined> =>
  (await inbox.marta.all('appointment')).find((each) => each.id === id);

const calls = (patient: TestPatient): GraphCall[] =>
  inbox.graph.calls.filter(({ body }) => body['to'] === `+${patient.person.waId}`);

/** Resolves with the reminder, once WhatsApp has it. */
async function reminded({ patient, id }: Booked): Promise<Entity<'message'>> {
  await eventually('the reminder was sent', async () => (await appointmentOf(id))?.reminder === 'sent');
  const message = (await patient.thread()).filter(({ kind }) => kind === 'template').at(-1);
  if (!message) throw new Error('there is no reminder');
  return message;
}

/** Somebody who has been reminded, in the conversation the bot has. */
async function remindedPatient(more: object = {}): Promise<Booked & { reminder: Entity<'message'> }> {
  const one = await booked(more);
  passUntil(one.startsAt - 24 * HOUR);
  return { ...one, reminder: await reminded(one) };
}

async function presses(patient: TestPatient, label: string, reminder: Entity<'message'>): Promise<void> {
  const { rows } = await inbox.database.inClinic(inbox.relay.clinic.id, (client) =>
    client.query<{ wamid: string }>('select wamid from messages where id = $1', [reminder.id]),
  );
  await patient.sends({
    id: `wamid.BUTTON.${newId()}`,
    type: 'button',
    button: { text: label, payload: label },
    context: { id: rows[0]?.wamid },
  });
}

const lastOfBot = async (patient: TestPatient) =>
  (await patient.thread()).filter(({ author, kind }) => author.kind === 'bot' && kind === 'text').at(-1);

describe('a reminder', () => {
  test('leaves at its time; a button confirms, and the bot answers', async () => {
    const one = await booked();
    const early = await booked({ startsAt: one.startsAt - 60_000 });
    passUntil(one.startsAt - 24 * HOUR - 60_000);
    await reminded(early);
    // Both were looked at; the time of one had not come.
    expect(calls(one.patient)).toEqual([]);
    expect((await appointmentOf(one.id))?.reminder).toBeNull();

    inbox.pass(60_000);
    const reminder = await reminded(one);
    expect(reminder.text).toMatch(
      /^Hola Lucía, te esperamos el \p{L}+, \d+ de \p{L}+ a las 17:00 con Dra\. Gil\.$/u,
    );
    expect(reminder.author.kind).toBe('bot');
    expect(toEpoch(reminder.sentAt)).toBe(one.startsAt - 24 * HOUR);
    expect(await one.patient.filter()).toBe('bot');

    await presses(one.patient, 'Confirmar', reminder);
    expect(await appointmentOf(one.id)).toMatchObject({ state: 'confirmed', reminder: 'confirmed' });
    const answer = await eventually('the bot answered', async () => {
      const said = await lastOfBot(one.patient);
      return said?.status === 'sent' && said;
    });
    expect(answer.text).toMatch(
      /^¡Gracias! Tu cita del \p{L}+, \d+ de \p{L}+ a las 17:00 queda confirmada\.$/u,
    );
    expect(await one.patient.filter()).toBe('bot');
    expect(await one.patient.facts()).toMatchObject({ unread: 0 });
    expect(calls(one.patient)).toHaveLength(2);
  });

  test('answered with anything else leaves the conversation to people', async () => {
    const { patient, id } = await remindedPatient();
    await patient.writes('¿Puedo llevar a mi hija?');
    expect(await patient.filter()).toBe('received');
    expect(await patient.facts()).toMatchObject({ unread: 1 });
    expect(await patient.codes()).toEqual(['bot_handed_over']);
    expect(await appointmentOf(id)).toMatchObject({ state: 'scheduled', reminder: 'sent' });
    // From here on people are meant by a plain yes; a button of the reminder still counts, in silence.
    await patient.writes('Sí');
    expect(await appointmentOf(id)).toMatchObject({ state: 'scheduled' });
  });

  test('is answered in words as well; cancelling what the practice software keeps calls for people', async () => {
    const { patient, id } = await remindedPatient();
    await patient.writes('anular');
    expect(await appointmentOf(id)).toMatchObject({ state: 'cancelled', reminder: 'declined' });
    expect(await patient.lines()).toEqual([{ code: 'bot_handed_over', reason: 'appointment_cancelled' }]);
    expect(await patient.filter()).toBe('received');
    expect((await lastOfBot(patient))?.text).toContain('queda anulada');
  });

  test('of an appointment made by hand is cancelled by the bot alone; to change it needs people', async () => {
    const [one, two] = [inbox.newPatient(), inbox.newPatient()];
    const startsAt = afternoon();
    const made: Booked[] = [];
    for (const patient of [one, two]) {
      await patient.writes();
      const { patientId } = await patient.conversation();
      const id = newId();
      const results = await inbox.marta.send([
        inbox.marta.command('appointment.put', {
          appointmentId: id,
          patientId,
          startsAt: toTimestamp(startsAt),
          treatment: '',
          professional: 'Dr. Soler',
          state: 'confirmed',
        }),
      ]);
      expect(results[0]?.status).toBe('applied');
      await patient.command('conversation.close');
      made.push({ patient, startsAt, id, externalId: '' });
    }
    passUntil(startsAt - 24 * HOUR);
    const [first, second] = made as [Booked, Booked];
    await presses(one, 'Cancelar', await reminded(first));
    expect(await appointmentOf(first.id)).toMatchObject({ state: 'cancelled', reminder: 'declined' });
    expect(await one.filter()).toBe('bot');
    await presses(two, 'Cambiar', await reminded(second));
    expect(await appointmentOf(second.id)).toMatchObject({ state: 'confirmed', reminder: 'declined' });
    expect(await two.filter()).toBe('received');
    expect((await two.lines()).at(-1)).toEqual({ code: 'bot_handed_over', reason: 'appointment_change' });
  });

  test('can be refused for good', async () => {
    const { patient, id } = await remindedPatient();
    await patient.writes('Baja');
    const { patientId } = await patient.conversation();
    const row = (await inbox.marta.all('patient')).find((each) => each.id === patientId);
    expect(row?.remindersOff).toBe(true);
    expect((await lastOfBot(patient))?.text).toContain('no te enviaremos más recordatorios');
    expect(await appointmentOf(id)).toMatchObject({ state: 'scheduled' });

    const next = afternoon();
    const put = { externalId: 'R-next', patient: { name: 'x', phone: patient.person.waId }, startsAt: next };
    expect(await integration(put)).toBe('applied');
    const other = await booked({ startsAt: next });
    passUntil(next - 24 * HOUR);
    await reminded({ ...other, startsAt: next });
    expect(calls(patient).filter(({ body }) => body['type'] === 'template')).toHaveLength(1);
  });

  test('in a talk with people is one more message: its button counts, and the bot says nothing', async () => {
    const one = await booked();
    passUntil(one.startsAt - 24 * HOUR - 60_000);
    await one.patient.writes();
    inbox.pass(60_000);
    const reminder = await reminded(one);
    expect(await one.patient.filter()).toBe('received');
    await presses(one.patient, 'Confirmar', reminder);
    expect(await appointmentOf(one.id)).toMatchObject({ state: 'confirmed', reminder: 'confirmed' });
    expect(await lastOfBot(one.patient)).toBeUndefined();
    expect(await one.patient.facts()).toMatchObject({ handler: 'human', unread: 2 });
  });

  test('of what has moved is taken back, and leaves for the new time', async () => {
    const one = await booked();
    // Too many requests: it stays in the queue.
    inbox.graph.answerWith(refuse(130429));
    passUntil(one.startsAt - 24 * HOUR);
    const queued = await eventually('it was tried', async () => {
      const [message] = calls(one.patient).length > 0 ? await one.patient.thread() : [];
      return message;
    });
    const moved = one.startsAt + 3 * DAY;
    await eventually('it could be taken back', async () => {
      const { waId } = one.patient.person;
      await integration({
        externalId: one.externalId,
        patient: { name: 'Lucía Prueba', phone: waId },
        startsAt: moved,
      });
      return (await one.patient.status(queued.id)) === 'cancelled';
    });
    inbox.graph.answerWith(accept);
    passUntil(moved - 24 * HOUR);
    const reminder = await reminded(one);
    expect(reminder.id).not.toBe(queued.id);
    expect((await one.patient.thread()).filter(({ kind }) => kind === 'template')).toHaveLength(2);
  });

  test('that cannot be filled in, or is refused, has failed for all to see', async () => {
    const blank = await booked({ professional: '' });
    passUntil(blank.startsAt - 24 * HOUR);
    await eventually('it failed', async () => (await appointmentOf(blank.id))?.reminder === 'failed');
    expect(calls(blank.patient)).toEqual([]);
    const unreachable = await booked();
    inbox.graph.answerWith(refuse(131026));
    passUntil(unreachable.startsAt - 24 * HOUR);
    await eventually('it failed', async () => (await appointmentOf(unreachable.id))?.reminder === 'failed');
    expect((await unreachable.patient.thread()).at(-1)).toMatchObject({ status: 'failed' });
  });

  test('leaves once, however many processes look, and after a restart', async () => {
    const others: Booked[] = [];
    for (let each = 0; each < 4; each += 1) others.push(await booked());
    const start = () =>
      startTestRelay({
        databaseUrl: inbox.relay.databaseUrl,
        clinic: inbox.relay.clinic,
        clock: { now: inbox.now },
        graphUrl: inbox.graph.url,
      });
    const colleagues = [await start(), await start()];
    passUntil(afternoon() - 24 * HOUR);
    for (const one of others) await reminded(one);
    for (const relay of colleagues) await relay.stop();
    const later = await booked();
    const again = await start();
    passUntil(later.startsAt - 24 * HOUR);
    await reminded(later);
    await again.stop();
    for (const { patient } of others) expect(calls(patient)).toHaveLength(1);
  });
});
