import { pdfOf, SAMPLES } from '../../relay/sandbox/media/samples.ts';
import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

const HOUR = 3_600_000;

test('an expired conversation is reopened by free writing with a PDF, begun from what had been typed', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, '¿Tenéis ya mi presupuesto?', { sentAt: Date.now() - 30 * HOUR });
  await view.open(LUCIA.name);
  await expect(desk.window.getByText('La conversación ha caducado')).toBeVisible();
  const dialog = await view.pickTemplate();
  await dialog.getByRole('option', { name: /escritura libre documento/i }).click();
  await dialog.getByLabel(/^Motivo/).fill('Tu presupuesto está listo:\n450 euros.');
  await expect(dialog.getByText('WhatsApp lo envía en una línea:')).toBeVisible();
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'presupuesto.pdf',
    mimeType: 'application/pdf',
    buffer: pdfOf(['Presupuesto', '450 EUR']),
  });
  await expect(dialog.getByText('presupuesto.pdf').first()).toBeVisible();
  await expect(
    dialog.getByText('Tu presupuesto está listo: 450 euros. Un saludo.', { exact: false }).first(),
  ).toBeVisible();
  await dialog.getByRole('button', { name: /^Enviar/ }).click();

  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({
    type: 'template',
    template: {
      name: 'escritura_libre_documento',
      language: { code: 'es' },
      components: [
        { type: 'header', parameters: [{ type: 'document', document: { filename: 'presupuesto.pdf' } }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', parameter_name: 'motivo', text: 'Tu presupuesto está listo: 450 euros.' },
          ],
        },
      ],
    },
  });
  await expect(view.message(LUCIA.name, 'Tu presupuesto está listo: 450 euros.')).toHaveAccessibleName(
    /Leído$/,
  );

  // A template opens nothing by itself: the patient does.
  await expect(view.composer()).toBeHidden();
  await clinic.patientWrites(LUCIA, 'Perfecto, gracias');
  await expect(view.composer()).toBeVisible();
});

test('a template with named variables, an image and a link asks for each, and what it sends is as documented', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, '¿Cómo llego?');
  await view.open(LUCIA.name);
  await view.composer().press('Control+t');
  const dialog = desk.window.getByRole('dialog', { name: 'Enviar una plantilla' });
  await dialog.getByRole('combobox', { name: /Busca por nombre/ }).fill('segunda planta');
  await dialog.getByRole('combobox', { name: /Busca por nombre/ }).fill('plano');
  await dialog.getByRole('option', { name: /plano de la clinica/i }).click();
  // The first name is known; what is not is asked for.
  await expect(dialog.getByRole('textbox', { name: 'Nombre' })).toHaveValue('Lucía');
  await dialog.getByRole('textbox', { name: 'Nombre' }).press('Control+Enter');
  await expect(dialog.getByText('Falta este dato.').first()).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Planta' }).fill('segunda');
  await dialog.getByLabel(/Cómo llegar/).fill('metro');
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'plano.png',
    mimeType: 'image/png',
    buffer: SAMPLES.plan.bytes,
  });
  await expect(dialog.getByText('plano.png').first()).toBeVisible();
  await dialog.getByRole('button', { name: /^Enviar/ }).click();

  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({
    template: {
      name: 'plano_de_la_clinica',
      components: [
        { type: 'header', parameters: [{ type: 'image' }] },
        {
          type: 'body',
          parameters: [
            { parameter_name: 'nombre', text: 'Lucía' },
            { parameter_name: 'planta', text: 'segunda' },
          ],
        },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'metro' }] },
      ],
    },
  });
});

test('what WhatsApp has not approved is there with its reason, and cannot be sent', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola', { sentAt: Date.now() - 30 * HOUR });
  await view.open(LUCIA.name);
  const dialog = await view.pickTemplate();
  const rejected = dialog.getByRole('option', { name: /promocion de verano/i });
  await expect(rejected).toContainText('Rechazada por WhatsApp');
  await expect(rejected).toHaveAttribute('aria-disabled', 'true');
});

test('a number nobody has written from is written to with a template', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await desk.window.getByRole('button', { name: 'Nueva conversación' }).click();
  const dialog = desk.window.getByRole('dialog', { name: 'Nueva conversación' });
  await dialog.getByLabel('Número de WhatsApp').fill('611 22 33 44');
  await dialog.getByLabel(/^Nombre/).fill('Carmen Vidal');
  await dialog.getByLabel(/^Nombre/).press('Enter');
  const picker = desk.window.getByRole('dialog', { name: 'Enviar una plantilla' });
  await picker.getByRole('option', { name: /escritura libre documento/i }).click();
  await picker.getByLabel(/^Motivo/).fill('Te confirmamos la cita.');
  await picker.locator('input[type=file]').setInputFiles({
    name: 'cita.pdf',
    mimeType: 'application/pdf',
    buffer: pdfOf(['Cita']),
  });
  await expect(picker.getByText('cita.pdf').first()).toBeVisible();
  await picker.getByRole('button', { name: /^Enviar/ }).click();
  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ to: '+34611223344', type: 'template' });
  await expect(view.message('Carmen Vidal', 'Te confirmamos la cita.')).toBeVisible();
});
