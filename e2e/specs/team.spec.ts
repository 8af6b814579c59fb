import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

async function openSettings(window: Page, section: string) {
  await window.getByRole('button', { name: /^Tu cuenta/ }).click();
  await window.getByRole('menuitem', { name: 'Ajustes…' }).click();
  const settings = window.getByRole('dialog', { name: 'Ajustes' });
  await settings.getByRole('tab', { name: section }).click();
  return settings;
}

test('a colleague is invited, enters with the code, becomes an administrator and loses access', async ({
  clinic,
  desk,
  openDesk,
}) => {
  const settings = await openSettings(desk.window, 'Equipo');
  await settings.getByRole('button', { name: 'Invitar a alguien' }).click();
  await settings.getByLabel('Nombre').fill('Nuria Paz');
  await settings.getByLabel('Correo electrónico').fill('nuria@alameda.example');
  await settings.getByRole('button', { name: 'Invitar', exact: true }).click();
  const code = await settings
    .getByRole('status')
    .filter({ hasText: /^[0-9A-Z]{4}-/ })
    .textContent();
  expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  await settings.getByRole('button', { name: 'Ya lo tiene' }).click();
  await expect(settings.getByText('Invitación pendiente')).toBeVisible();

  const other = await openDesk();
  await other.window.getByRole('button', { name: 'Tengo un código de acceso' }).click();
  await other.window.getByLabel('Dirección del servidor').fill(clinic.relay.url);
  await other.window.getByLabel('Correo electrónico').fill('nuria@alameda.example');
  await other.window.getByLabel('Código de acceso').fill(code!.toLowerCase().replaceAll('-', ' '));
  await other.window.getByLabel('Contraseña nueva', { exact: true }).fill('caballo correcto grapa');
  await other.window.getByLabel('Contraseña nueva, otra vez').fill('caballo correcto grapa');
  await other.window.getByRole('button', { name: 'Guardar y entrar' }).click();
  await expect(inbox(other.window).upToDate()).toBeVisible();
  await expect(settings.getByText('Invitación pendiente')).toBeHidden();

  await settings.getByLabel('Permisos de Nuria Paz').selectOption({ label: 'Administración' });
  const theirs = await openSettings(other.window, 'Equipo');
  await expect(theirs.getByRole('button', { name: 'Invitar a alguien' })).toBeVisible();

  await settings.getByRole('button', { name: 'Quitar el acceso a Nuria Paz' }).click();
  await settings.getByRole('button', { name: 'Quitar el acceso', exact: true }).last().click();
  await expect(other.window.getByText(/Se ha cerrado tu sesión en este PC/)).toBeVisible();
});

test('a PC that an administrator closes erases what it held', async ({ clinic, desk, openDesk }) => {
  await clinic.patientWrites(LUCIA, 'Hola');
  const other = await openDesk();
  await other.signIn(clinic.relay.url, clinic.agents[1]!);
  await expect(inbox(other.window).row(LUCIA.name)).toBeVisible();
  const settings = await openSettings(desk.window, 'Dispositivos');
  await settings
    .getByRole('listitem')
    .filter({ hasText: clinic.agents[1]!.name })
    .getByRole('button', { name: /^Cerrar sesión/ })
    .click();
  await settings.getByRole('button', { name: 'Cerrar sesión', exact: true }).last().click();
  await expect(
    other.window.getByText(/ha quitado el acceso a este PC y se han borrado sus datos/),
  ).toBeVisible();
});

test('opening hours set on one PC are on the other', async ({ clinic, desk, openDesk }) => {
  const settings = await openSettings(desk.window, 'Horario');
  await settings.getByRole('button', { name: 'Poner el horario' }).click();
  await settings.getByRole('button', { name: /^Guardar/ }).click();
  const other = await openDesk();
  await other.signIn(clinic.relay.url, clinic.agents[1]!);
  const theirs = await openSettings(other.window, 'Horario');
  await expect(theirs.getByText(/lunes/i).first()).toBeVisible();
  await expect(theirs.getByText(/aún no ha dicho su horario/)).toBeHidden();
});
