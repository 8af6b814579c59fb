import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pdfOf } from '../../relay/sandbox/media/samples.ts';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

const INVOICE = {
  name: 'presupuesto.pdf',
  mimeType: 'application/pdf',
  buffer: pdfOf(['Presupuesto', '450 EUR']),
};

test('a file goes out with its words, and the relay gives WhatsApp the very bytes', async ({
  clinic,
  desk,
}) => {
  await clinic.patientWrites(LUCIA, '¿Me mandas el presupuesto?');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await view.attach(INVOICE);
  await expect(desk.window.getByText('presupuesto.pdf')).toBeVisible();
  await view.composer().fill('Aquí lo tienes');
  await view.composer().press('Enter');
  await expect.poll(() => clinic.messagesSent()).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({
    type: 'document',
    document: { filename: 'presupuesto.pdf', caption: 'Aquí lo tienes' },
  });
  await expect(view.message(LUCIA.name, 'presupuesto.pdf')).toBeVisible();
});

test('a file over the limit is refused before anything leaves, with its name, the limit and what to do', async ({
  clinic,
  desk,
}) => {
  await clinic.patientWrites(LUCIA, 'Hola');
  await inbox(desk.window).open(LUCIA.name);
  const folder = await mkdtemp(join(tmpdir(), 'recado-file-'));
  const video = join(folder, 'sonrisa.mp4');
  // The beginning of a real MP4: what it is must be seen before its size matters.
  const head = Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex');
  await writeFile(video, Buffer.concat([head, Buffer.alloc(17 * 1024 * 1024)]));
  await inbox(desk.window).attach(video);
  await expect(desk.window.getByText('sonrisa.mp4').first()).toBeVisible();
  await expect(desk.window.getByText(/WhatsApp admite vídeos de hasta 16/)).toBeVisible();
  await rm(folder, { recursive: true });
  expect(clinic.messagesSent()).toHaveLength(0);
});

test('the app killed during an upload goes on with it, and one message is sent', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, '¿Me mandas las radiografías?');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  // The relay is away while the file is taken in and sent, so that the upload cannot be over before the cut.
  await clinic.relay.kill();
  await inbox(desk.window).attach({
    ...INVOICE,
    name: 'informe.pdf',
    buffer: pdfOf(Array.from({ length: 40_000 }, (_, line) => `Linea ${line}`)),
  });
  await expect(desk.window.getByRole('button', { name: 'Enviar', exact: true })).toBeEnabled();
  await view.composer().press('Enter');
  await expect(view.message(LUCIA.name, 'informe.pdf')).toBeVisible();
  await desk.crash();
  await clinic.relay.start();
  await desk.start();
  await expect.poll(() => clinic.messagesSent(), { timeout: 30_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ type: 'document', document: { filename: 'informe.pdf' } });
  const after = inbox(desk.window);
  await after.open(LUCIA.name);
  await expect(after.message(LUCIA.name, 'informe.pdf')).toHaveCount(1);
});

test('a draft with its file survives a power cut', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Hola');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await view.composer().fill('Te adjunto');
  await view.attach(INVOICE);
  await expect(desk.window.getByText('presupuesto.pdf')).toBeVisible();
  await expect(view.row(LUCIA.name)).toContainText('Borrador');
  await desk.crash();
  await desk.start();
  const after = inbox(desk.window);
  await after.open(LUCIA.name);
  await expect(after.composer()).toHaveValue('Te adjunto');
  await expect(desk.window.getByText('presupuesto.pdf')).toBeVisible();
});
