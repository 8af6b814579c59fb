import { IntegrationKeyCreated, newId, type Entity } from '@recado/protocol';
import { eventually, type RelayClient } from '../../relay/sandbox/testing/relay-client.ts';
import { expect, test } from '../support/test.ts';
import { LUCIA, type TestClinicWorld } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

const DAY = 86_400_000;

/** The clinic's practice software, with a key of its own. */
async function practiceSoftware(clinic: TestClinicWorld, relay: RelayClient) {
  const made = await fetch(`${clinic.relay.url}/v1/integration-keys`, {
    method: 'POST',
    headers: { ...relay.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), name: 'Agenda' }),
  });
  const { key } = IntegrationKeyCreated.parse(await made.json());
  return async (externalId: string, startsAt: number): Promise<void> => {
    const response = await fetch(`${clinic.relay.url}/v1/integrations/appointments`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        appointments: [
          {
            externalId,
            patient: { name: 'Lucía Martín', phone: '600 11 12 22' },
            startsAt: new Date(startsAt).toISOString(),
            treatment: 'Ortodoncia',
            professional: 'Dra. Gil',
          },
        ],
      }),
    });
    expect(await response.json()).toMatchObject({ results: [{ status: 'applied' }] });
  };
}

/** Reminds a day before, at any hour of the day. */
async function remind(relay: RelayClient): Promise<void> {
  const template = await eventually('the template', async () =>
    (await relay.all('template')).find(({ name }) => name === 'aviso_de_cita'),
  );
  const reminders = {
    templateId: template.id,
    hoursBefore: [24],
    quietFrom: '00:00',
    quietTo: '00:00',
    optOutWords: ['BAJA'],
  };
  const command = relay.command('clinic.updateSettings', { settings: { reminders } });
  expect(await relay.send([command])).toMatchObject([{ status: 'applied' }]);
}

const appointmentOf = async (relay: RelayClient): Promise<Entity<'appointment'> | undefined> =>
  (await relay.all('appointment'))[0];

test('an appointment of the practice software is beside the conversation, its reminder is sent and confirmed by button', async ({
  clinic,
  desk,
}) => {
  const relay = await clinic.administrator();
  const bring = await practiceSoftware(clinic, relay);
  await remind(relay);
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, '¿Cuándo me toca?');
  await view.open(LUCIA.name);
  const panel = desk.window.getByRole('complementary', { name: 'Datos del paciente' });

  const reminders: string[] = [];
  clinic.sandbox.onMessage(({ id }) => reminders.push(id));
  // A little more than a day ahead, so that its reminder is due in a moment.
  await bring('cita-1', Date.now() + DAY + 4_000);
  await expect(panel).toContainText('Ortodoncia');
  await expect(panel).toContainText('Dra. Gil');
  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ template: { name: 'aviso_de_cita' } });
  // She is talking with people, so only the button of the reminder itself is the bot's.
  await expect(view.row(LUCIA.name)).toBeVisible();
  await clinic.sandbox.patientWrites({
    from: LUCIA.whatsappId,
    replyTo: reminders[0]!,
    message: { type: 'button', button: { text: 'Confirmar', payload: 'Confirmar' } },
  });
  await expect(panel).toContainText('Confirmada');
  await expect.poll(async () => (await appointmentOf(relay))?.state).toBe('confirmed');
});

test('what the bot does not understand comes to people', async ({ clinic, desk }) => {
  const relay = await clinic.administrator();
  const bring = await practiceSoftware(clinic, relay);
  await remind(relay);
  await bring('cita-2', Date.now() + DAY + 3_000);
  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  const view = inbox(desk.window);
  await view.filter('Con bot').click();
  await expect(view.row(LUCIA.name)).toBeVisible();
  await clinic.patientWrites(LUCIA, '¿Puede venir también mi hijo?');
  await view.filter('Recibidas').click();
  await expect(view.row(LUCIA.name)).toContainText('¿Puede venir también mi hijo?');
});

test('a name, a note and an appointment written beside the conversation are on the other PC', async ({
  clinic,
  desk,
  openDesk,
}) => {
  await clinic.patientWrites(LUCIA, 'Hola');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  const panel = desk.window.getByRole('complementary', { name: 'Datos del paciente' });
  await panel.getByRole('button', { name: 'Cambiar el nombre' }).click();
  await panel.getByRole('textbox', { name: /^Nombre/ }).fill('Lucía Martín Soto');
  await panel.getByRole('textbox', { name: /^Nombre/ }).press('Enter');
  await expect(view.row('Lucía Martín Soto')).toBeVisible();
  await panel.getByRole('textbox', { name: 'Nota interna' }).fill('Alérgica al látex');

  const other = await openDesk();
  await other.signIn(clinic.relay.url, clinic.agents[1]!);
  const there = inbox(other.window);
  await there.open('Lucía Martín Soto');
  await expect(
    other.window
      .getByRole('complementary', { name: 'Datos del paciente' })
      .getByRole('textbox', { name: 'Nota interna' }),
  ).toHaveValue('Alérgica al látex');
});
