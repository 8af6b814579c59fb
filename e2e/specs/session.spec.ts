import { readdir } from 'node:fs/promises';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

test('a wrong password is a clear sentence, and then a pause', async ({ clinic, openDesk }) => {
  const { window } = await openDesk();
  await window.getByLabel('Dirección del servidor').fill(clinic.relay.url);
  await window.getByLabel('Correo electrónico').fill(clinic.agent.email);
  for (let attempt = 0; attempt < 15; attempt += 1) {
    await window.getByLabel('Contraseña', { exact: true }).fill(`wrong ${attempt}`);
    await window.getByRole('button', { name: 'Entrar' }).click();
    await expect(window.getByText(/no son correctos|Demasiados intentos/)).toBeVisible();
    if (await window.getByText(/Demasiados intentos.*dentro de/).isVisible()) return;
  }
  throw new Error('never throttled');
});

test('an address where no relay answers is said so, and nothing is lost of what was typed', async ({
  openDesk,
}) => {
  const { window } = await openDesk();
  await window.getByLabel('Dirección del servidor').fill('http://127.0.0.1:9');
  await window.getByLabel('Correo electrónico').fill('marta@alameda.example');
  await window.getByLabel('Contraseña', { exact: true }).fill('secreta');
  await window.getByRole('button', { name: 'Entrar' }).click();
  await expect(window.getByLabel('Dirección del servidor')).toHaveAccessibleDescription(
    /No se llega al servidor/,
  );
  await expect(window.getByLabel('Correo electrónico')).toHaveValue('marta@alameda.example');
});

test('the demo clinic is one button away', async ({ clinic, openDesk }) => {
  const { window } = await openDesk({
    environment: {
      RECADO_DEMO_RELAY_URL: clinic.relay.url,
      RECADO_DEMO_EMAIL: clinic.agent.email,
      RECADO_DEMO_PASSWORD: clinic.agent.password,
    },
  });
  await window.getByRole('button', { name: 'Probar con la clínica de demostración' }).click();
  await expect(inbox(window).upToDate()).toBeVisible();
  await expect(window.getByText('Clínica Alameda')).toBeVisible();
});

test('signing out erases what this PC held', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Dato que no debe quedar');
  await expect(inbox(desk.window).row('Lucía Martín')).toBeVisible();
  await desk.window.getByRole('button', { name: /^Tu cuenta/ }).click();
  await desk.window.getByRole('menuitem', { name: 'Cerrar sesión' }).click();
  await expect(desk.window.getByRole('button', { name: 'Entrar' })).toBeVisible();
  const files = await readdir(desk.profile, { recursive: true });
  expect(files.filter((name) => /\.(db|sqlite)|key.*\.json/.test(name))).toEqual([]);

  await desk.restart();
  await expect(desk.window.getByRole('button', { name: 'Entrar' })).toBeVisible();
});

test('signing out with unsent work asks first', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await view.open('Lucía Martín');
  await clinic.relay.kill();
  await view.answer('Esto aún no ha salido');
  await expect(desk.window.getByText('1 por enviar').first()).toBeVisible();
  await desk.window.getByRole('button', { name: /^Tu cuenta/ }).click();
  await desk.window.getByRole('menuitem', { name: 'Cerrar sesión' }).click();
  await expect(desk.window.getByRole('dialog')).toContainText('sin enviar');
  await desk.window.getByRole('button', { name: 'Seguir aquí' }).click();
  await expect(view.message('Lucía Martín', 'Esto aún no ha salido')).toBeVisible();
});
