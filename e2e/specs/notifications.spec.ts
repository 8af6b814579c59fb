import type { Desk } from '../support/desk.ts';
import { inbox } from '../support/inbox.ts';
import { JAVIER, LUCIA } from '../support/clinic.ts';
import { expect, test } from '../support/test.ts';

// Several desks and a relay share the machine: what is awaited is an event, not a speed.
const soon = expect.configure({ timeout: 15_000 });

/** What the system was handed, instead of being shown: machines that test have nobody to show it. */
interface Recorded {
  title: string;
  body: string;
  /** Every own value of it as text, so that nothing hides elsewhere. */
  all: string;
  isShown: boolean;
}

type Recorder = typeof globalThis & {
  recorded: { notification: Electron.Notification; isShown: boolean }[];
};

async function record({ app }: Desk): Promise<void> {
  await app.evaluate(({ Notification }) => {
    const recorder = globalThis as Recorder;
    recorder.recorded = [];
    Notification.prototype.show = function show(this: Electron.Notification) {
      recorder.recorded.push({ notification: this, isShown: true });
    };
    Notification.prototype.close = function close(this: Electron.Notification) {
      for (const each of recorder.recorded) if (each.notification === this) each.isShown = false;
    };
  });
}

const recorded = ({ app }: Desk): Promise<Recorded[]> =>
  app.evaluate(() =>
    (globalThis as Recorder).recorded.map(({ notification, isShown }) => {
      const { title, subtitle, body, replyPlaceholder, sound, closeButtonText, toastXml } = notification;
      return {
        title,
        body,
        all: JSON.stringify({ title, subtitle, body, replyPlaceholder, sound, closeButtonText, toastXml }),
        isShown,
      };
    }),
  );
const shown = async (desk: Desk) => (await recorded(desk)).filter(({ isShown }) => isShown);

const click = ({ app }: Desk) =>
  app.evaluate(() => {
    const last = (globalThis as Recorder).recorded.at(-1);
    last?.notification.emit('click');
  });

/** Whether the system really gives it the focus depends on the machine; what the app is told does not. */
const setFocused = ({ app }: Desk, isFocused: boolean) =>
  app.evaluate(({ BrowserWindow }, focused) => {
    for (const window of BrowserWindow.getAllWindows()) {
      window.isFocused = () => focused;
      window.emit(focused ? 'focus' : 'blur');
    }
  }, isFocused);

test('a patient writes: a notification without anything of the patient, whose click opens that conversation', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(JAVIER, 'Buenos días');
  await view.open(JAVIER.name);
  await view.composer().fill('Le decimos algo en');
  await record(desk);
  await setFocused(desk, false);

  await clinic.patientWrites(LUCIA, 'Me sangra la encía');
  await soon.poll(() => shown(desk)).toMatchObject([{ title: 'Mensaje nuevo', body: 'Ábrelo en Recado' }]);
  const [{ all }] = (await shown(desk)) as [Recorded];
  for (const secret of ['encía', LUCIA.name, 'Lucía', '600', '111222']) expect(all).not.toContain(secret);

  await clinic.patientWrites(LUCIA, 'Y me duele');
  await soon.poll(() => shown(desk)).toMatchObject([{ title: '2 mensajes nuevos' }]);

  await click(desk);
  await expect(view.messages(LUCIA.name)).toContainText('Me sangra la encía');
  await desk.window.keyboard.type('seguida');
  await expect(view.composer()).toHaveValue('');
  await view.open(JAVIER.name);
  await expect(view.composer()).toHaveValue('Le decimos algo en');
});

test('what is read on another PC is withdrawn', async ({ clinic, desk, openDesk }) => {
  await record(desk);
  await setFocused(desk, false);
  const other = await openDesk();
  await other.signIn(clinic.relay.url, clinic.agents[1]!);
  await clinic.patientWrites(LUCIA, 'Hola');
  await soon.poll(() => shown(desk)).toHaveLength(1);
  await inbox(other.window).open(LUCIA.name);
  await soon.poll(() => shown(desk)).toHaveLength(0);
});

test('the conversation before somebody’s eyes does not notify, another one does', async ({
  clinic,
  desk,
}) => {
  const view = inbox(desk.window);
  await clinic.patientWrites(LUCIA, 'Hola');
  await view.open(LUCIA.name);
  await record(desk);
  await setFocused(desk, true);
  await clinic.patientWrites(LUCIA, '¿Están abiertos?');
  await expect(view.message(LUCIA.name, '¿Están abiertos?')).toBeVisible();
  await clinic.patientWrites(JAVIER, 'Buenos días');
  await soon.poll(async () => (await recorded(desk)).length).toBe(1);
  expect(await recorded(desk)).toMatchObject([{ title: 'Mensaje nuevo' }]);
});

test('the level, the sound and the test button work as the settings say', async ({ clinic, desk }) => {
  await record(desk);
  await setFocused(desk, false);
  const { window } = desk;
  await window.evaluate(() => {
    const played: string[] = [];
    Object.assign(window, { played });
    HTMLMediaElement.prototype.play = async function play(this: HTMLMediaElement) {
      played.push(`${/(\w+)-?[^/]*\.wav/.exec(this.src)?.[1] ?? this.src} ${Math.round(this.volume * 100)}`);
      const answer = await fetch(this.src);
      played.push(answer.headers.get('content-type') ?? 'none');
    };
  });
  const played = () => window.evaluate(() => (window as unknown as { played: string[] }).played);

  await window.getByRole('button', { name: /^Tu cuenta/ }).click();
  await window.getByRole('menuitem', { name: 'Ajustes…' }).click();
  const settings = window.getByRole('dialog', { name: 'Ajustes' });
  await settings.getByRole('tab', { name: 'Avisos' }).click();
  await settings.getByRole('button', { name: 'Probar' }).click();
  await soon.poll(() => shown(desk)).toMatchObject([{ title: 'Así avisa Recado' }]);
  await soon.poll(played).toEqual(['drop 70', 'audio/wav']);

  await settings.getByLabel('Sonido').selectOption({ label: 'Campana' });
  await settings.getByRole('radio', { name: /^El nombre y el mensaje/ }).check();
  await window.keyboard.press('Escape');
  await clinic.patientWrites(LUCIA, 'Me sangra la encía');
  await soon
    .poll(async () => (await shown(desk)).at(-1))
    .toMatchObject({ title: LUCIA.name, body: 'Me sangra la encía' });
  await soon.poll(async () => (await played())[2]).toBe('bell 70');

  await desk.restart();
  await expect(inbox(desk.window).upToDate()).toBeVisible();
  await desk.window.getByRole('button', { name: /^Tu cuenta/ }).click();
  await desk.window.getByRole('menuitem', { name: 'Ajustes…' }).click();
  await desk.window.getByRole('tab', { name: 'Avisos' }).click();
  await expect(desk.window.getByRole('radio', { name: /^El nombre y el mensaje/ })).toBeChecked();
});

test('a link opens its conversation', async ({ clinic, desk }) => {
  await clinic.patientWrites(LUCIA, 'Hola');
  const view = inbox(desk.window);
  await expect(view.row(LUCIA.name)).toBeVisible();
  const id = await desk.window.evaluate(async () => {
    const bridge = (
      window as unknown as { recado: { call: (name: string, input: object) => Promise<unknown> } }
    ).recado;
    const reply = (await bridge.call('search.run', { text: 'Lucía', limit: 5 })) as {
      data: { patients: { conversationId: string }[] };
    };
    return reply.data.patients[0]!.conversationId;
  });
  await desk.app.evaluate(({ app }, link) => {
    app.emit('second-instance', {}, ['recado', link], '');
  }, `recado://conversation/${id}`);
  await expect(view.messages(LUCIA.name)).toContainText('Hola');
});
