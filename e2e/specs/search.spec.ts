import { expect, test } from '../support/test.ts';
import { JAVIER, LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

test('a name and a word find the message without network and without accents, and open it in its place', async ({
  clinic,
  desk,
}) => {
  await clinic.patientWrites(LUCIA, '¿Cuánto cuesta la ortodoncia invisible?', {
    sentAt: Date.now() - 3_600_000,
  });
  for (let index = 0; index < 80; index += 1) await clinic.patientWrites(LUCIA, `Mensaje ${index}`);
  await clinic.patientWrites(JAVIER, 'Yo también pregunté por la ortodoncia');
  const view = inbox(desk.window);
  await expect(view.row(JAVIER.name)).toBeVisible();
  await expect(view.row(LUCIA.name)).toContainText('Mensaje 79');
  await clinic.relay.kill();

  await desk.window.keyboard.press('Control+k');
  await desk.window.keyboard.type('lucia ortodon');
  const results = desk.window.getByRole('listbox', { name: 'Resultados' });
  const found = results.getByRole('option').filter({ hasText: 'ortodoncia invisible' });
  await expect(found).toBeVisible();
  await expect(results.getByRole('option').filter({ hasText: 'Yo también' })).toBeHidden();
  await desk.window.keyboard.press('Enter');
  await expect(view.message(LUCIA.name, 'ortodoncia invisible')).toBeInViewport();
  await clinic.relay.start();
});

test('words are found again inside an open conversation, one after the other', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Primera cita, por favor');
  await clinic.patientWrites(LUCIA, 'Otra cosa');
  await clinic.patientWrites(LUCIA, 'La cita es para mi hijo');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await desk.window.keyboard.press('Control+f');
  await desk.window.getByRole('textbox', { name: 'Buscar en esta conversación' }).fill('cita');
  await expect(desk.window.getByText('1 de 2')).toBeVisible();
  await desk.window.keyboard.press('Enter');
  await expect(desk.window.getByText('2 de 2')).toBeVisible();
});
