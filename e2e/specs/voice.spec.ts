import { expect, test } from '../support/test.ts';
import { LUCIA } from '../support/clinic.ts';
import { inbox } from '../support/inbox.ts';

test('a voice note is recorded, sent as WhatsApp wants it, and played', async ({ clinic, openDesk }) => {
  const desk = await openDesk({ switches: ['--use-fake-device-for-media-stream'] });
  await desk.signIn(clinic.relay.url, clinic.agent);
  await clinic.patientWrites(LUCIA, 'Mándame un audio, que voy conduciendo');
  const view = inbox(desk.window);
  await view.open(LUCIA.name);
  await desk.window.getByRole('button', { name: 'Grabar una nota de voz' }).click();
  const recorder = desk.window.getByRole('group', { name: 'Grabando una nota de voz' });
  await expect(recorder).toContainText('0:01');
  await recorder.getByRole('button', { name: 'Enviar' }).click();

  await expect.poll(() => clinic.messagesSent(), { timeout: 20_000 }).toHaveLength(1);
  expect(clinic.messagesSent()[0]).toMatchObject({ type: 'audio', audio: { voice: true } });
  const relay = await clinic.administrator();
  const [note] = (await relay.all('message')).filter(({ kind }) => kind === 'audio');
  expect(note?.content.media).toMatchObject({ mimeType: expect.stringMatching(/^audio\/ogg/), voice: true });
  const bytes = await relay.download(note!.content.media!.id!);
  expect([bytes.toString('latin1', 0, 4), bytes.includes('OpusHead')]).toEqual(['OggS', true]);

  const bubble = view.messages(LUCIA.name).getByRole('article').last();
  await bubble.getByRole('button', { name: 'Reproducir' }).click();
  await expect(bubble.getByRole('button', { name: 'Pausar' })).toBeVisible();
});
