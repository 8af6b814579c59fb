import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';
import { inboundWebhook, textPart } from '../../relay/sandbox/testing/webhook-bodies.ts';

test('every kind of message a patient sends is shown in words a person understands', async ({
  clinic,
  desk,
}) => {
  const parts = [
    textPart('wamid.1', '*Hola*, mirad https://clinica.example/plano'),
    { id: 'wamid.2', type: 'button', button: { payload: 'CONFIRMAR', text: 'Confirmar cita' } },
    {
      id: 'wamid.3',
      type: 'interactive',
      interactive: {
        type: 'list_reply',
        list_reply: { id: 'l', title: 'Lunes 10:00', description: 'Dra. Ruiz' },
      },
    },
    {
      id: 'wamid.4',
      type: 'location',
      location: {
        latitude: 40.4168,
        longitude: -3.7038,
        name: 'Portal 12',
        address: 'Calle de la Alameda 12',
      },
    },
    { id: 'wamid.5', type: 'location', location: { latitude: 'LATITUDE', longitude: 'LONGITUDE' } },
    {
      id: 'wamid.6',
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Rosa Gil' }, phones: [{ phone: '+34 600 333 444' }] }],
    },
    { id: 'wamid.7', type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }] },
    { id: 'wamid.8', type: 'hologram', hologram: { shape: 'cube' } },
  ];
  const body = JSON.stringify(
    inboundWebhook(clinic.number, parts, { waId: LUCIA.whatsappId, name: LUCIA.name }),
  );
  expect((await clinic.postWebhook(body)).status).toBe(200);

  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  const thread = view.messages(LUCIA.name);
  await expect(thread.getByRole('article')).toHaveCount(parts.length);
  await expect(thread.locator('strong, b').filter({ hasText: 'Hola' })).toBeVisible();
  for (const words of [
    'https://clinica.example/plano',
    'Confirmar cita',
    'Lunes 10:00',
    'Portal 12',
    'Rosa Gil',
    '+34 600 333 444',
    'Mensaje no compatible',
  ]) {
    await expect(thread.getByText(words).first()).toBeVisible();
  }
  await expect(thread).not.toContainText('NaN');
  await expect(thread).not.toContainText('undefined');
  await expect(thread).not.toContainText('{');
});

test('a forged webhook is refused and shows nothing', async ({ clinic, desk }) => {
  const body = JSON.stringify(
    inboundWebhook(clinic.number, [textPart('wamid.forged', 'Soy falso')], {
      waId: LUCIA.whatsappId,
      name: LUCIA.name,
    }),
  );
  const forged = await fetch(`${clinic.relay.url}/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    body,
  });
  expect(forged.status).toBe(401);
  await clinic.patientWrites(LUCIA, 'Soy de verdad');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await expect(view.messages(LUCIA.name).getByRole('article')).toHaveCount(1);
  await expect(view.messages(LUCIA.name)).not.toContainText('Soy falso');
});
