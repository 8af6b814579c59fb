import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';
import { JAVIER, LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

async function seriousProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`first run, inbox and thread have no serious accessibility problem in ${colorScheme}`, async ({
    clinic,
    openDesk,
  }) => {
    const desk = await openDesk();
    await desk.window.emulateMedia({ colorScheme });
    await expect(desk.window.getByRole('button', { name: 'Entrar' })).toBeVisible();
    expect(await seriousProblems(desk.window)).toEqual([]);

    await desk.signIn(clinic.relay.url, clinic.agent);
    await clinic.patientWrites(LUCIA, 'Hola');
    await clinic.patientWrites(JAVIER, 'Buenas');
    await inbox(desk.window).open('Lucía Martín');
    await inbox(desk.window).answer('Dime');
    await expect(inbox(desk.window).message('Lucía Martín', 'Dime')).toHaveAccessibleName(/Leído$/);
    expect(await seriousProblems(desk.window)).toEqual([]);
  });
}

test('a conversation is answered without touching the mouse', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await clinic.patientWrites(JAVIER, 'Buenas');
  await expect(view.row('Javier Cano')).toBeVisible();
  await desk.window.keyboard.press('Alt+ArrowDown');
  await expect(view.messages('Javier Cano')).toBeVisible();
  await desk.window.keyboard.press('Alt+ArrowDown');
  await expect(view.messages('Lucía Martín')).toBeVisible();
  await desk.window.keyboard.press('Enter');
  await expect(view.composer()).toBeFocused();
  await desk.window.keyboard.type('Con el teclado');
  await desk.window.keyboard.press('Enter');
  await expect(view.message('Lucía Martín', 'Con el teclado')).toHaveAccessibleName(/Leído$/);
});

test('Ctrl+A picks rows in the list and marks no words of the window anywhere else', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await clinic.patientWrites(JAVIER, 'Buenas');
  await view.open(LUCIA.name);
  await desk.window.getByRole('button', { name: /^Tu cuenta/ }).focus();
  await desk.window.keyboard.press('Control+a');
  expect(await desk.window.evaluate(() => getSelection()?.toString())).toBe('');
  await view.row(LUCIA.name).focus();
  await desk.window.keyboard.press('Control+a');
  await expect(desk.window.getByText('2 seleccionadas')).toBeVisible();
});
