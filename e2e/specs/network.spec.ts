import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

test('an answer written while the relay is dead is delivered once it is back, and only once', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, '¿Tenéis hueco mañana?');
  await view.open('Lucía Martín');

  await clinic.relay.kill();
  await view.answer('Sí, a las diez.');
  const message = view.message('Lucía Martín', 'Sí, a las diez.');
  await expect(message).toHaveAccessibleName(/En cola|Enviando/);
  await expect(desk.window.getByText(/Sin conexión desde/).first()).toBeVisible();
  await expect(desk.window.getByText('1 por enviar').first()).toBeVisible();

  await clinic.relay.start();
  await expect(message).toHaveAccessibleName(/Leído$/, { timeout: 30_000 });
  await expect(inbox(desk.window).upToDate()).toBeVisible();
  await clinic.sandbox.idle();
  expect(clinic.messagesSent()).toHaveLength(1);
});

test('the app killed with an answer in its outbox delivers it once at the next start', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, '¿Tenéis hueco mañana?');
  await view.open('Lucía Martín');
  await clinic.relay.kill();
  await view.answer('Sí, a las once.');
  await expect(view.message('Lucía Martín', 'Sí, a las once.')).toBeVisible();

  await desk.crash();
  await clinic.relay.start();
  await desk.start();
  await inbox(desk.window).open('Lucía Martín');
  await expect(inbox(desk.window).message('Lucía Martín', 'Sí, a las once.')).toHaveAccessibleName(/Leído$/, {
    timeout: 30_000,
  });
  await clinic.sandbox.idle();
  expect(clinic.messagesSent()).toHaveLength(1);
});

test('after a restart without network everything is still there and readable', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Confirmo la cita del jueves');
  await expect(inbox(desk.window).row('Lucía Martín')).toBeVisible();
  await clinic.relay.kill();
  await desk.restart();

  const view = inbox(desk.window);
  await view.open('Lucía Martín');
  await expect(view.message('Lucía Martín', 'Confirmo la cita del jueves')).toBeVisible();
  await expect(desk.window.getByRole('complementary')).toContainText('+34 600 11 12 22');
  await expect(desk.window.getByText(/Sin conexión desde/).first()).toBeVisible();
});

test('what arrived while this PC was off is there when it starts, in order', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Primero');
  await expect(inbox(desk.window).row('Lucía Martín')).toBeVisible();
  await desk.crash();
  await clinic.patientWrites(LUCIA, 'Segundo');
  await clinic.patientWrites(LUCIA, 'Tercero');
  await desk.start();
  const view = inbox(desk.window);
  await view.open('Lucía Martín');
  await expect(view.messages('Lucía Martín').getByRole('article')).toContainText([
    /Primero/,
    /Segundo/,
    /Tercero/,
  ]);
});
