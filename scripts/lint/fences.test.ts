import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, test } from 'vitest';
import { fences } from './fences.ts';

const repositoryFolder = path.resolve(import.meta.dirname, '..', '..');
const fenceRules = [
  'recado/fences',
  'no-restricted-globals',
  'no-restricted-properties',
  'no-restricted-syntax',
  'no-restricted-exports',
  'no-console',
];

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint({
    cwd: repositoryFolder,
    // The planted files do not exist, so there is no type information about them.
    overrideConfig: tseslint.configs.disableTypeChecked,
    ruleFilter: ({ ruleId }) => fenceRules.includes(ruleId),
  });
});

async function lint(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(repositoryFolder, file) });
  expect(result?.messages.filter((message) => message.fatal)).toEqual([]);
  return (result?.messages ?? []).map((message) => message.message);
}

/** Fence, file it is planted in, violation. */
const violations: [fence: string, file: string, code: string][] = [
  ['electron', 'src/main/services/session.ts', `import { app } from 'electron';`],
  ['electron', 'src/main/notify/policy.ts', `import type { Notification } from 'electron';`],
  ['electron', 'src/main/core.ts', `import { net } from 'electron/main';`],
  ['electron', 'relay/src/http/server.ts', `import { app } from 'electron';`],
  ['electron', 'src/renderer/app/App.tsx', `const { shell } = await import('electron');`],
  ['axios', 'src/main/sync/engine.ts', `import axios from 'axios';`],
  ['axios', 'src/renderer/api/client.ts', `import axios from 'axios';`],
  ['axios', 'relay/src/whatsapp/graph.ts', `import axios from 'axios';`],
  ['better-sqlite3', 'src/main/outbox/runner.ts', `import Database from 'better-sqlite3';`],
  ['better-sqlite3', 'relay/src/db/database.ts', `import type { Database } from 'better-sqlite3';`],
  ['pg', 'src/main/store/open.ts', `import { Pool } from 'pg';`],
  ['pg', 'protocol/src/feed.ts', `import PgBoss from 'pg-boss';`],
  ['protocol', 'protocol/src/entities.ts', `import fs from 'node:fs';`],
  ['protocol', 'protocol/src/entities.ts', `import fs from 'fs';`],
  ['protocol', 'protocol/src/entities.ts', `import { names } from '../../src/shared/contract/names.ts';`],
  ['relay-never-imports-src', 'relay/src/feed/pages.ts', `import { x } from '../../../src/shared/x.ts';`],
  ['relay-never-imports-src', 'relay/sandbox/demo.ts', `import type { X } from '../../src/main/core.ts';`],
  [
    'relay-never-imports-sandbox',
    'relay/src/http/server.ts',
    `import { demo } from '../../sandbox/demo.ts';`,
  ],
  ['src-never-imports-relay', 'src/main/sync/engine.ts', `import { x } from '../../../relay/src/feed/x.ts';`],
  ['src-never-imports-relay', 'src/renderer/app/App.tsx', `import { x } from '../../../e2e/support/x.ts';`],
  ['protocol-by-name', 'src/main/sync/engine.ts', `import { x } from '../../../protocol/src/index.ts';`],
  ['shared', 'src/shared/contract/calls.ts', `import { v7 } from 'uuid';`],
  ['shared', 'src/shared/contract/calls.ts', `import os from 'node:os';`],
  ['shared', 'src/shared/contract/calls.ts', `import { x } from '../../main/lib/time.ts';`],
  ['preload', 'src/preload/index.ts', `import { z } from 'zod';`],
  ['preload', 'src/preload/index.ts', `import { calls } from '../shared/contract/calls.ts';`],
  ['preload', 'src/preload/index.ts', `import fs from 'node:fs';`],
  ['renderer', 'src/renderer/api/client.ts', `import { x } from '../../main/lib/time.ts';`],
  ['renderer', 'src/renderer/api/client.ts', `import { x } from '../../preload/index.ts';`],
  ['renderer', 'src/renderer/ui/Button.tsx', `import path from 'node:path';`],
  ['renderer-from-outside', 'src/main/notify/policy.ts', `import { x } from '../../renderer/i18n/index.ts';`],
  ['features', 'src/renderer/features/inbox/InboxView.tsx', `import { x } from '../thread/use-thread.ts';`],
  ['features', 'src/renderer/app/App.tsx', `import { x } from '../features/thread/ThreadView.tsx';`],
  ['features', 'src/renderer/app/App.tsx', `export { x } from '../features/thread/parts/Row.tsx';`],
  ['main-files', 'src/main/ipc/handlers/files.ts', `import { x } from '../../files/file-store.ts';`],
  ['main-store', 'src/main/sync/apply.ts', `import { x } from '../store/client.ts';`],
  ['main-store', 'src/main/sync/apply.ts', `import { type X } from '../store/interface.ts';`],
  ['main-sync', 'src/main/outbox/runner.ts', `export * from '../sync/engine.ts';`],
  ['main-outbox', 'src/main/ipc/handlers/message.ts', `import { x } from '../../outbox/runner.ts';`],
  ['main-relay', 'src/main/services/session.ts', `import { x } from '../relay/client.ts';`],
  ['main-notify', 'src/main/electron/os-notifier.ts', `import { x } from '../notify/policy.ts';`],
  ['main-services', 'src/main/ipc/dispatcher.ts', `const x = await import('../services/session.ts');`],
  ['main-ipc', 'src/main/electron/ipc-transport.ts', `import { x } from '../ipc/dispatcher.ts';`],
  ['main-electron', 'src/main/lib/log.ts', `import { x } from '../electron/window.ts';`],
  ['main-wiring', 'src/main/core.ts', `import { x } from './store/queries/inbox.ts';`],
  ['main-from-below', 'src/main/services/session.ts', `import { createCore } from '../core.ts';`],
  ['store-queries', 'src/main/store/queries/inbox.ts', `import { setTimeout } from 'node:timers/promises';`],
];

describe('a planted violation is reported', () => {
  test.each(violations)('%s in %s: %s', async (name, file, code) => {
    const fence = fences.find((candidate) => candidate.name === name);
    expect(await lint(file, code)).toContain(`${fence?.message} (fence: ${name})`);
  });

  test('for every fence there is', () => {
    const planted = new Set(violations.map(([name]) => name));
    expect(fences.map((fence) => fence.name).filter((name) => !planted.has(name))).toEqual([]);
  });

  test.each([
    ['const at = Date.now();'],
    ['const at = new Date();'],
    ['const at = Date();'],
    ['const dice = Math.random();'],
    ['setTimeout(() => undefined, 1);'],
    ['setInterval(() => undefined, 1);'],
    ['const at = performance.now();'],
    ["await fetch('http://localhost');"],
  ])('clock, chance or network in a query: %s', async (code) => {
    const messages = await lint('src/main/store/queries/inbox.ts', code);
    expect(messages.join()).toContain('take the time, or the random value, as an argument');
    expect((await lint('src/main/store/migrations/0010-first.ts', code)).length).toBeGreaterThan(0);
  });

  test.each([
    ['src/main/sync/engine.ts', 'console.log(1);'],
    ['src/renderer/app/App.tsx', 'console.log(1);'],
    ['relay/src/http/server.ts', 'console.log(1);'],
    ['src/main/sync/engine.ts', 'export default 1;'],
  ])('console and default exports in %s: %s', async (file, code) => {
    expect(await lint(file, code)).toHaveLength(1);
  });
});

test.each([
  ['src/main/electron/window.ts', `import { BrowserWindow } from 'electron';`],
  ['src/main/index.ts', `import { app } from 'electron'; import { createCore } from './core.ts';`],
  ['src/main/index.ts', `import { x } from './electron/window.ts'; import { y } from './store/client.ts';`],
  [
    'src/main/core.ts',
    `import { x } from './sync/engine.ts'; import type { Y } from './store/queries/inbox.ts';`,
  ],
  ['src/main/relay/http.ts', `import axios from 'axios'; import { x } from '@recado/protocol';`],
  [
    'src/main/store/open.ts',
    `import Database from 'better-sqlite3'; import { x } from './queries/inbox.ts';`,
  ],
  ['src/main/store/queries/inbox.ts', `import { x } from '../sql.ts'; const at = new Date(0);`],
  [
    'src/main/sync/engine.ts',
    `import type { Store } from '../store/interface.ts'; import { x } from '../lib/time.ts';`,
  ],
  [
    'src/main/sync/engine.flow.test.ts',
    `import { x } from '../store/client.ts'; import { y } from '../../../relay/src/app.ts';`,
  ],
  [
    'src/main/services/session.ts',
    `import { x } from '../../shared/contract/index.ts'; import fs from 'node:fs';`,
  ],
  [
    'src/shared/contract/calls.ts',
    `import { z } from 'zod'; import { x } from './names.ts'; import { y } from '@recado/protocol';`,
  ],
  [
    'src/preload/index.ts',
    `import { ipcRenderer } from 'electron'; import { CALLS } from '../shared/contract/names.ts';`,
  ],
  ['src/preload/index.ts', `import type { Calls } from '../shared/contract/index.ts';`],
  ['src/renderer/app/App.tsx', `import { x } from '../features/inbox/index.ts'; import { y } from 'react';`],
  [
    'src/renderer/features/inbox/InboxView.tsx',
    `import { x } from './use-inbox.ts'; import { y } from '../thread/index.ts';`,
  ],
  [
    'protocol/src/rules/phone.ts',
    `import { parse } from 'libphonenumber-js/min'; import { x } from '../ids.ts';`,
  ],
  ['protocol/src/rules/phone.test.ts', `import { test } from 'vitest'; import fs from 'node:fs';`],
  ['relay/src/db/database.ts', `import { Pool } from 'pg'; import { x } from '@recado/protocol';`],
  ['relay/src/feed/pages.test.ts', `import { x } from '../../sandbox/testing/relay.ts';`],
  ['relay/sandbox/demo.ts', `import { x } from '../src/http/server.ts';`],
  ['vitest.config.ts', `export default {};`],
])('a legal import passes in %s: %s', async (file, code) => {
  expect(await lint(file, code)).toEqual([]);
});
