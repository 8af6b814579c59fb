import { expect, test } from '../support/test.ts';
import { JAVIER, LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

const HOUR = 3_600_000;

test('a message delivered 30 hours late is received, but free text is locked', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Escribí ayer', { sentAt: Date.now() - 30 * HOUR });
  await expect(view.row('Lucía Martín')).toContainText('Solo plantilla');
  await view.open('Lucía Martín');
  await expect(view.message('Lucía Martín', 'Escribí ayer')).toContainText('Llegó tarde');
  await expect(desk.window.getByText('La conversación ha caducado')).toBeVisible();
  await expect(view.composer()).toBeHidden();
});

test('the time left is said in words and follows the patient, not us', async ({ clinic, desk }) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(JAVIER, 'Hola', { sentAt: Date.now() - 23 * HOUR - 30 * 60_000 });
  await view.open('Javier Cano');
  const countdown = desk.window.getByText(/La ventana se cierra pronto/);
  await expect(countdown).toContainText(/(29|30) min/);
  await view.answer('Aquí estamos');
  await expect(view.message('Javier Cano', 'Aquí estamos')).toHaveAccessibleName(/Leído$/);
  await expect(countdown).toContainText(/(28|29|30) min/);
  await clinic.patientWrites(JAVIER, 'Gracias');
  await expect(
    desk.window.getByText(/Ventana abierta: quedan 23 h 59 min|Ventana abierta: quedan 24 h/),
  ).toBeVisible();
});
