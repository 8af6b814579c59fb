import { expect, test } from '../support/test.ts';
import { JAVIER, LUCIA, type TestClinicWorld } from '../support/clinic.ts';
import type { Desk, DeskOptions } from '../support/desk.ts';
import { inbox } from '../support/inbox.ts';

/** Marta and David, each in front of a PC of their own. */
async function twoDesks(
  clinic: TestClinicWorld,
  open: (options?: Omit<DeskOptions, 'runtime'>) => Promise<Desk>,
): Promise<{ marta: Desk; david: Desk }> {
  const [marta, david] = [await open(), await open()];
  await marta.signIn(clinic.relay.url, clinic.agents[0]!);
  await david.signIn(clinic.relay.url, clinic.agents[1]!);
  return { marta, david };
}

test('a conversation closed on one PC leaves the other, and the patient brings it back to both', async ({
  clinic,
  openDesk,
}) => {
  const { marta, david } = await twoDesks(clinic, openDesk);
  await clinic.patientWrites(LUCIA, 'Gracias, hasta luego');
  const [here, there] = [inbox(marta.window), inbox(david.window)];
  await expect(there.row(LUCIA.name)).toBeVisible();
  await here.open(LUCIA.name);
  await expect(here.row(LUCIA.name)).not.toHaveAccessibleName(/sin leer/);
  await marta.window.getByRole('button', { name: 'Cerrar', exact: true }).click();
  await expect(there.row(LUCIA.name)).toBeHidden();
  await there.filter('Cerradas').click();
  await there.open(LUCIA.name);
  await expect(there.messages(LUCIA.name)).toContainText('Marta Ruiz cerró la conversación');

  await clinic.patientWrites(LUCIA, 'Una cosa más');
  await there.filter('Recibidas').click();
  for (const view of [here, there]) await expect(view.row(LUCIA.name)).toContainText('Una cosa más');
});

test('closing is undone within ten seconds, on every PC', async ({ clinic, openDesk }) => {
  const { marta, david } = await twoDesks(clinic, openDesk);
  await clinic.patientWrites(LUCIA, 'Hola');
  const [here, there] = [inbox(marta.window), inbox(david.window)];
  await here.open(LUCIA.name);
  await expect(here.row(LUCIA.name)).not.toHaveAccessibleName(/sin leer/);
  await marta.window.getByRole('button', { name: 'Cerrar', exact: true }).click();
  await expect(there.row(LUCIA.name)).toBeHidden();
  await marta.window.getByRole('button', { name: /^Deshacer/ }).click();
  for (const view of [here, there]) await expect(view.row(LUCIA.name)).toBeVisible();
});

test('a close made without having seen the patient write is refused, and says why', async ({
  clinic,
  openDesk,
}) => {
  const { marta } = await twoDesks(clinic, openDesk);
  const view = inbox(marta.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await view.open(LUCIA.name);
  await expect(view.row(LUCIA.name)).not.toHaveAccessibleName(/sin leer/);
  await clinic.relay.kill();
  await marta.window.getByRole('button', { name: 'Cerrar', exact: true }).click();
  await expect(view.row(LUCIA.name)).toBeHidden();
  // The relay hears the patient before it hears the close.
  await marta.quit();
  await clinic.relay.start();
  await clinic.patientWrites(LUCIA, 'Espera, otra pregunta');
  await marta.start();
  await expect(inbox(marta.window).row(LUCIA.name)).toContainText('Espera, otra pregunta');
  await expect(marta.window.getByText(/No se cerró: .*paciente ha escrito/)).toBeVisible();
});

test('who is there and who is writing is seen before anybody answers twice', async ({ clinic, openDesk }) => {
  const { marta, david } = await twoDesks(clinic, openDesk);
  const [here, there] = [inbox(marta.window), inbox(david.window)];
  await clinic.patientWrites(LUCIA, '¿A qué hora abrís?');
  await here.open(LUCIA.name);
  await there.open(LUCIA.name);
  await here.composer().pressSequentially('Abrimos a las');
  await expect(david.window.getByText(/Marta está escribiendo/).first()).toBeVisible();

  await there.answer('A las nueve.');
  await expect(here.message(LUCIA.name, 'A las nueve.')).toBeVisible();
  await here.answer('Abrimos a las nueve.');
  await expect(marta.window.getByRole('button', { name: 'Enviar igualmente' })).toBeVisible();
  expect(clinic.messagesSent()).toHaveLength(1);
});

test('the menu of a conversation opens from its header and from its row', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await view.open(LUCIA.name);
  await desk.window.getByRole('button', { name: 'Acciones' }).click();
  await desk.window.getByRole('menuitem', { name: 'Fijar' }).click();
  await expect(view.messages(LUCIA.name)).toContainText('Fijaste la conversación');
  await view.row(LUCIA.name).click({ button: 'right' });
  await desk.window.getByRole('menuitem', { name: 'Marcar como spam' }).click();
  await expect(view.row(LUCIA.name)).toBeHidden();
  await view.filter('Spam').click();
  await view.open(LUCIA.name);
  await expect(view.composer()).toBeHidden();
});

test('a tag made on one PC is on the other, and filters there', async ({ clinic, openDesk }) => {
  const { marta, david } = await twoDesks(clinic, openDesk);
  const [here, there] = [inbox(marta.window), inbox(david.window)];
  await clinic.patientWrites(LUCIA, '¿Cuánto cuesta una funda?');
  await clinic.patientWrites(JAVIER, 'Hola');
  await here.open(LUCIA.name);
  await marta.window.keyboard.press('Escape');
  await marta.window.keyboard.press('t');
  await marta.window.keyboard.type('Presupuesto');
  await marta.window.keyboard.press('Enter');
  await marta.window.getByRole('button', { name: 'Aplicar' }).click();
  await expect(there.row(LUCIA.name)).toContainText('Presupuesto');
  await there.filter('Presupuesto').click();
  await expect(there.row(JAVIER.name)).toBeHidden();
  await expect(there.row(LUCIA.name)).toBeVisible();
});

test('what an agent does offline reaches the others when the network is back', async ({
  clinic,
  openDesk,
}) => {
  const { marta, david } = await twoDesks(clinic, openDesk);
  const [here, there] = [inbox(marta.window), inbox(david.window)];
  await clinic.patientWrites(LUCIA, 'Hola');
  await here.open(LUCIA.name);
  await expect(there.row(LUCIA.name)).not.toHaveAccessibleName(/sin leer/);
  await clinic.relay.kill();
  await marta.window.getByRole('button', { name: 'Cerrar', exact: true }).click();
  await expect(here.row(LUCIA.name)).toBeHidden();
  await expect(there.row(LUCIA.name)).toBeVisible();
  await clinic.relay.start();
  await expect(there.row(LUCIA.name)).toBeHidden({ timeout: 30_000 });
});
