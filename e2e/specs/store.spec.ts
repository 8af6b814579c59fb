import { newId } from '@recado/protocol';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

async function filesOf(profile: string): Promise<string[]> {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const MARKERS = [
  'Marcador Paciente',
  '600111222',
  'marcador-entrante',
  'marcador-saliente',
  'marcador-borrador',
  'marcador-archivo',
  'marcador-contenido',
  'marcador-guardado',
  'marcador-busqueda',
];

test('no file of the profile or of the temporary folder holds a word a patient or we wrote', async ({
  clinic,
  openDesk,
}) => {
  const temporary = await mkdtemp(join(tmpdir(), 'recado-temporary-'));
  const desk = await openDesk({ environment: { TMPDIR: temporary } });
  await desk.signIn(clinic.relay.url, clinic.agent);
  const relay = await clinic.administrator();
  const saved = { quickReplyId: newId(), shortcut: 'guardado', text: 'marcador-guardado-7431' };
  await relay.send([relay.command('quickReply.create', { ...saved, media: null, ownerAgentId: null })]);
  const view = inbox(desk.window);
  await clinic.patientWrites({ ...LUCIA, name: 'Marcador Paciente' }, 'marcador-entrante-7431');
  await view.open('Marcador Paciente');
  await view.answer('marcador-saliente-7431');
  await expect(view.message('Marcador Paciente', 'marcador-saliente-7431')).toHaveAccessibleName(/Leído$/);
  await view.composer().fill('/guardado');
  await view.composer().press('Enter');
  await expect(view.message('Marcador Paciente', 'marcador-guardado-7431')).toHaveAccessibleName(/Leído$/, {
    timeout: 15_000,
  });

  await view.attach({
    name: 'marcador-archivo.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('marcador-contenido-7431 '.repeat(5_000)),
  });
  await expect(desk.window.getByRole('button', { name: 'Enviar', exact: true })).toBeEnabled();
  await view.composer().press('Enter');
  await expect(view.message('Marcador Paciente', 'marcador-archivo.txt')).toHaveAccessibleName(/Leído$/, {
    timeout: 15_000,
  });

  await desk.window.keyboard.press('Control+k');
  await desk.window.keyboard.type('marcador-busqueda-7431');
  await expect(desk.window.getByText(/^Nada coincide/).last()).toBeVisible();
  await desk.window.keyboard.press('Escape');
  await view.composer().fill('marcador-borrador-7431');
  await expect(view.row('Marcador Paciente')).toContainText('Borrador');
  await desk.restart();
  await expect(inbox(desk.window).row('Marcador Paciente')).toBeVisible();
  await desk.quit();

  const files = [...(await filesOf(desk.profile)), ...(await filesOf(temporary))];
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const content = await readFile(file);
    for (const marker of MARKERS) {
      expect(content.includes(marker), `${marker} in ${file}`).toBe(false);
      expect(content.includes(Buffer.from(marker, 'utf16le')), `${marker} in ${file} as UTF-16`).toBe(false);
      expect(file).not.toContain(marker);
    }
  }
  await rm(temporary, { recursive: true, force: true });
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
