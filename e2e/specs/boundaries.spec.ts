import { expect, test } from '../support/test.ts';

test('the window is a sandbox with one narrow bridge', async ({ desk }) => {
  const { window, app } = desk;
  expect(
    await window.evaluate(() => ({
      require: typeof (globalThis as Record<string, unknown>)['require'],
      process: typeof (globalThis as Record<string, unknown>)['process'],
      electron: typeof (globalThis as Record<string, unknown>)['electron'],
      bridge: Object.keys((globalThis as unknown as { recado: object }).recado).sort(),
      origin: location.origin,
    })),
  ).toEqual({
    require: 'undefined',
    process: 'undefined',
    electron: 'undefined',
    bridge: ['call', 'on'],
    origin: 'app://recado',
  });

  const preferences = await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      // Not in the typings, but the one place that says what the window really runs with.
      const used = (
        contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      ).getLastWebPreferences();
      return {
        sandbox: used['sandbox'],
        contextIsolation: used['contextIsolation'],
        node: used['nodeIntegration'],
      };
    }),
  );
  expect(preferences).toEqual([{ sandbox: true, contextIsolation: true, node: false }]);
});

test('unknown calls and bad input are answered, not run', async ({ desk }) => {
  const reply = (name: string, input: unknown) =>
    desk.window.evaluate(
      ([callName, callInput]) =>
        (
          globalThis as unknown as { recado: { call(name: unknown, input: unknown): Promise<unknown> } }
        ).recado.call(callName, callInput),
      [name, input] as const,
    );
  expect(await reply('shell.run', {})).toMatchObject({ ok: false, error: { code: 'unknown_call' } });
  expect(await reply('inbox.page', { filter: 'everything' })).toMatchObject({
    ok: false,
    error: { code: 'invalid_input' },
  });
  expect(await reply('message.send', { conversationId: 'x', text: '' })).toMatchObject({
    ok: false,
    error: { code: 'invalid_input' },
  });
});

test('a strict content security policy holds the page', async ({ desk }) => {
  const policy = await desk.window.evaluate(async () =>
    (await fetch(location.href)).headers.get('content-security-policy'),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  const reached = await desk.window.evaluate(() =>
    fetch('https://example.com').then(
      () => true,
      () => false,
    ),
  );
  expect(reached).toBe(false);
  const evaluated = await desk.window.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.inlineScriptRan = true';
    document.head.append(script);
    return (globalThis as Record<string, unknown>)['inlineScriptRan'] === true;
  });
  expect(evaluated).toBe(false);
});

test('nothing leads out of the window', async ({ desk }) => {
  const { window, app } = desk;
  const opened = await window.evaluate(() => globalThis.open('https://example.com') === null);
  expect(opened).toBe(true);
  await window.evaluate(() => {
    location.href = 'https://example.com';
  });
  await window.evaluate(() => {
    location.href = 'app://recado/../../../etc/passwd';
  });
  // Asked of the page itself: Playwright's locators would wait for the navigations that were refused.
  await expect
    .poll(() => window.evaluate(() => [location.origin, document.body.innerText.includes('Al día')]))
    .toEqual(['app://recado', true]);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  const permissions = await window.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    others: await Promise.all(
      (['camera', 'geolocation'] as PermissionName[]).map(
        async (name) => (await navigator.permissions.query({ name })).state,
      ),
    ),
    screen: await navigator.mediaDevices.getDisplayMedia().then(
      () => 'given',
      () => 'refused',
    ),
  }));
  expect(permissions).toEqual({
    notifications: 'denied',
    others: ['denied', 'denied'],
    screen: 'refused',
  });
});

test('the bundle folder is all the scheme serves', async ({ desk }) => {
  const statuses = await desk.window.evaluate(async () => {
    const paths = [
      '/%2e%2e/%2e%2e/package.json',
      '/..%2f..%2fpackage.json',
      '/index.html%00.js',
      '/..\\..\\package.json',
      '/nowhere.js',
    ];
    return Promise.all(
      paths.map(async (path) =>
        fetch(path).then(
          (response) => response.status,
          () => 'refused',
        ),
      ),
    );
  });
  for (const status of statuses) expect([404, 400, 'refused']).toContain(status);
});
