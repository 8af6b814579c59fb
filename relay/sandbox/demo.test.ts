import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  ChangesPage,
  CommandsResponse,
  Conversation,
  Message,
  newId,
  Patient,
  SnapshotLine,
  toTimestamp,
  type Change,
} from '@recado/protocol';
import { signIn } from './testing/relay.ts';

interface Ready {
  ready: true;
  relayUrl: string;
  sandboxUrl: string;
  email: string;
  password: string;
}

let folder: string;
let demo: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recado-demo-test-'));
  // As root PostgreSQL runs as somebody else, and would keep its data where this test does not clean up.
  await chmod(folder, 0o755);
});
afterEach(async () => {
  if (demo && demo.exitCode === null) {
    demo.kill('SIGKILL');
    await once(demo, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

/** Starts the demo as `npm start` does; resolves with everything it printed up to being ready. */
async function startDemo(...options: string[]): Promise<{ lines: string[]; ready: Ready }> {
  demo = spawn(
    process.execPath,
    [join(import.meta.dirname, 'demo.ts'), '--data', folder, '--port', '0', '--quiet-patients', ...options],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: demo.stdout as NodeJS.ReadableStream })) {
    lines.push(line);
    if (line.includes('"ready":true')) return { lines, ready: JSON.parse(line) as Ready };
  }
  throw new Error('the demo ended before it was ready');
}

async function end(how: (child: ChildProcess) => void): Promise<unknown> {
  const child = demo as ChildProcess;
  const ended = once(child, 'exit');
  how(child);
  return (await ended)[0];
}

/** The clinic as a new app would receive it. */
async function snapshot(ready: Ready, token: string): Promise<Change[]> {
  const response = await fetch(`${ready.relayUrl}/v1/snapshot`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => SnapshotLine.parse(JSON.parse(line))).filter((line) => line.type === 'change');
}

test('the demo starts, signs in, sends once, shows ticks, and is the same clinic the next time', async () => {
  const { lines, ready } = await startDemo();
  expect(lines).toHaveLength(1);
  const { token, clinic, agent } = await signIn(ready.relayUrl, ready);
  expect([clinic.name, agent.name]).toEqual(['Clínica Alameda', 'Marta Ruiz']);

  const changes = await snapshot(ready, token);
  const lucia = changes
    .filter(({ entity }) => entity === 'patient')
    .map(({ data }) => Patient.parse(data))
    .find(({ name }) => name === 'Lucía Martín');
  const conversation = changes
    .filter(({ entity }) => entity === 'conversation')
    .map(({ data }) => Conversation.parse(data))
    .find(({ patientId }) => patientId === lucia?.id);
  if (!conversation?.windowExpiresAt) throw new Error('Lucía has no open window');

  const messageId = newId();
  const command = {
    id: newId(),
    type: 'message.send',
    args: {
      messageId,
      conversationId: conversation.id,
      text: 'Claro, Lucía, tráela.',
      notAfter: conversation.windowExpiresAt,
    },
    issuedAt: toTimestamp(Date.now()),
  };
  // Twice, as an app does that never got the first answer.
  for (let time = 0; time < 2; time += 1) {
    const response = await fetch(`${ready.relayUrl}/v1/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ commands: [command] }),
    });
    expect(CommandsResponse.parse(await response.json()).results).toMatchObject([{ status: 'applied' }]);
  }

  const head = Math.max(...changes.map(({ seq }) => seq));
  const heard = async (wanted: (message: Message) => boolean) =>
    vi.waitFor(
      async () => {
        const response = await fetch(`${ready.relayUrl}/v1/changes?after=${head}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const page = ChangesPage.parse(await response.json());
        const messages = page.changes
          .filter(({ entity }) => entity === 'message')
          .map(({ data }) => Message.parse(data));
        expect(messages.some(wanted)).toBe(true);
      },
      { timeout: 30_000, interval: 100 },
    );
  await heard(({ id, status }) => id === messageId && status === 'read');
  // The patient answers by word or by reaction.
  await heard((message) =>
    message.id === messageId ? message.reactions.length > 0 : message.direction === 'inbound',
  );

  const requests = (await (await fetch(`${ready.sandboxUrl}/sandbox/requests`)).json()) as {
    requests: { kind: string; body: { biz_opaque_callback_data?: string; to?: string } }[];
  };
  const sent = requests.requests.filter(({ kind }) => kind === 'message');
  expect(sent).toMatchObject([{ body: { to: '+34600111222', biz_opaque_callback_data: messageId } }]);

  expect(await end((child) => child.stdin?.end())).toBe(0);

  const again = await startDemo();
  const session = await signIn(again.ready.relayUrl, again.ready);
  expect(session.clinic.id).toBe(clinic.id);
  const kept = await snapshot(again.ready, session.token);
  expect(kept.some(({ entity, id }) => entity === 'message' && id === messageId)).toBe(true);
  expect(await end((child) => child.kill('SIGTERM'))).toBe(0);
}, 120_000);
