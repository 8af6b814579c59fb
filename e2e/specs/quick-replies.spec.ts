import { newId } from '@recado/protocol';
import { expect, test } from '../support/test.ts';
import { LUCIA, type TestClinicWorld } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

async function saveText(clinic: TestClinicWorld, shortcut: string, text: string): Promise<void> {
  const relay = await clinic.administrator();
  const args = { quickReplyId: newId(), shortcut, text, media: null, ownerAgentId: null };
  expect(await relay.send([relay.command('quickReply.create', args)])).toMatchObject([{ status: 'applied' }]);
}

test('a saved text is found without accents and sent by the keyboard alone', async ({ clinic, desk }) => {
  await saveText(clinic, 'dirección', 'Estamos en la calle Mayor 4, {nombre}.');
  await saveText(clinic, 'horario', 'Abrimos de nueve a ocho.');
  await clinic.patientWrites(LUCIA, '¿Dónde estáis?');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await view.composer().pressSequentially('/direcc');
  await expect(desk.window.getByRole('option', { name: /dirección/ })).toBeVisible();
  await desk.window.keyboard.press('Enter');

  await expect(view.message(LUCIA.name, 'Estamos en la calle Mayor 4, Lucía.')).toContainText('Sale en');
  await expect(view.composer()).toHaveValue('');
  await expect.poll(() => clinic.messagesSent(), { timeout: 15_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({
    type: 'text',
    text: { body: 'Estamos en la calle Mayor 4, Lucía.' },
  });
});

test('a saved text chosen by mistake is taken back before it leaves', async ({ clinic, desk }) => {
  await saveText(clinic, 'horario', 'Abrimos de nueve a ocho.');
  await clinic.patientWrites(LUCIA, 'Hola');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await view.composer().pressSequentially('/hora');
  await desk.window.keyboard.press('Enter');
  await expect(view.message(LUCIA.name, 'Abrimos de nueve a ocho.')).toBeVisible();
  await desk.window
    .getByRole('button', { name: /^Deshacer/ })
    .first()
    .click();
  await expect(view.message(LUCIA.name, 'Abrimos de nueve a ocho.')).toBeHidden();

  // What is sent after it arrives, and it does not.
  await view.answer('Dime, Lucía.');
  await expect.poll(() => clinic.messagesSent()).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ text: { body: 'Dime, Lucía.' } });
});

test('text sent with undo waits, and Ctrl+Z brings it back to be mended', async ({ clinic, openDesk }) => {
  const desk = await openDesk({ undoesSending: true });
  await desk.signIn(clinic.relay.url, clinic.agent);
  await clinic.patientWrites(LUCIA, 'Hola');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await view.answer('Te espramos mañana');
  await expect(view.message(LUCIA.name, 'Te espramos mañana')).toBeVisible();
  await desk.window.keyboard.press('Control+z');
  await expect(view.composer()).toHaveValue('Te espramos mañana');
  await view.answer('Te esperamos mañana');
  await expect.poll(() => clinic.messagesSent(), { timeout: 15_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ text: { body: 'Te esperamos mañana' } });
});
