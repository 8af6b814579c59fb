import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

async function filesOf(profile: string): Promise<string[]> {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('no file of the profile holds a word a patient or we wrote', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites({ ...LUCIA, name: 'Marcador Paciente' }, 'marcador-entrante-7431');
  await view.open('Marcador Paciente');
  await view.answer('marcador-saliente-7431');
  await expect(view.message('Marcador Paciente', 'marcador-saliente-7431')).toHaveAccessibleName(/Leído$/);
  await view.composer().fill('marcador-borrador-7431');
  await desk.restart();
  await expect(inbox(desk.window).row('Marcador Paciente')).toBeVisible();
  await desk.quit();
  const files = await filesOf(desk.profile);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const content = await readFile(file);
    for (const marker of [
      'marcador-entrante',
      'marcador-saliente',
      'marcador-borrador',
      'Marcador Paciente',
      '600111222',
    ]) {
      expect(content.includes(marker), `${marker} in ${file}`).toBe(false);
      expect(content.includes(Buffer.from(marker, 'utf16le')), `${marker} in ${file} as UTF-16`).toBe(false);
    }
  }
});

for (const [name, spoil] of [
  ['garbage', (file: string) => writeFile(file, Buffer.alloc(65_536, 'x'))],
  ['a cut-off file', (file: string) => truncate(file, 5_000)],
] as const) {
  test(`a database of ${name} is set aside, never deleted, and rebuilt from the relay`, async ({
    clinic,
    desk,
  }) => {
    await clinic.patientWrites(LUCIA, 'Sigo aquí');
    await expect(inbox(desk.window).row('Lucía Martín')).toBeVisible();
    await desk.quit();
    const database = (await filesOf(desk.profile)).find((file) => /\.(db|sqlite)$/.test(file))!;
    await spoil(database);

    await desk.start();
    await expect(inbox(desk.window).row('Lucía Martín')).toContainText('Sigo aquí', { timeout: 30_000 });
    await expect(desk.window.getByText('se ha apartado sin borrarla')).toBeVisible();
    const kept = (await filesOf(desk.profile)).filter(
      (file) => file.startsWith(database) || /set-aside|aside/.test(file),
    );
    expect(kept.length).toBeGreaterThan(1);
  });
}
