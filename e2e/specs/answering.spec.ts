import { expect, test } from '../support/test.ts';
import { JAVIER, LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

test('a webhook appears in the window, and the answer goes back exactly once', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  const row = view.row('Lucía Martín');

  await clinic.patientWrites(LUCIA, 'Hola, ¿puedo llevar la radiografía?');
  await expect(row).toContainText('Hola, ¿puedo llevar la radiografía?');
  await expect(row).toHaveAccessibleName(/1 sin leer/);
  await expect(view.filter('Recibidas')).toContainText('1');

  await view.open('Lucía Martín');
  await expect(view.message('Lucía Martín', 'radiografía')).toBeVisible();
  await expect(row).not.toHaveAccessibleName(/sin leer/);

  await view.answer('Sí, Lucía, tráela el jueves.');
  await expect(view.message('Lucía Martín', 'tráela el jueves')).toHaveAccessibleName(/Leído$/);
  await expect(view.composer()).toHaveValue('');
  await expect(view.composer()).toBeFocused();

  await clinic.sandbox.idle();
  expect(clinic.messagesSent()).toEqual([
    expect.objectContaining({
      to: `+${LUCIA.whatsappId}`,
      type: 'text',
      text: { body: 'Sí, Lucía, tráela el jueves.', preview_url: expect.any(Boolean) },
    }),
  ]);
});

test('statuses that come late and backwards only climb', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Buenos días');
  await view.open('Lucía Martín');
  clinic.sandbox.holdWebhooks();
  await view.answer('Buenos días, Lucía');
  await expect.poll(() => clinic.sandbox.requests().length).toBe(1);
  await clinic.sandbox.releaseWebhooks('reversed');
  await clinic.sandbox.idle();
  await expect(view.message('Lucía Martín', 'Buenos días, Lucía')).toHaveAccessibleName(/Leído$/);
});

test('a refusal by WhatsApp says why and can be tried again', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(JAVIER, 'Hola');
  await view.open('Javier Cano');
  clinic.sandbox.faults.add({ kind: 'failDelivery', code: 131026, times: 1 });
  await view.answer('¿Nos llamas?');
  const message = view.message('Javier Cano', '¿Nos llamas?');
  await expect(message).toContainText('puede que el número no use WhatsApp');
  await message.getByRole('button', { name: 'Reintentar' }).click();
  await expect(message).toHaveAccessibleName(/Leído$/);
});

test('two conversations never mix what is being typed', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Soy Lucía');
  await clinic.patientWrites(JAVIER, 'Soy Javier');
  await view.open('Lucía Martín');
  await view.composer().fill('Para Lucía');
  await view.open('Javier Cano');
  await expect(view.composer()).toHaveValue('');
  await view.composer().fill('Para Javier');
  await view.open('Lucía Martín');
  await expect(view.composer()).toHaveValue('Para Lucía');
  await desk.restart();
  await inbox(desk.window).open('Javier Cano');
  await expect(inbox(desk.window).composer()).toHaveValue('Para Javier');
});
