/** What is said to be waiting, over a real relay, when the answer to a command was lost. */
import { expect, it } from 'vitest';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp } from '../testing/app.ts';
import { createClinicWorld } from '../testing/clinic-world.ts';

it('says no more that something waits once its message has come, although its answer never did', async () => {
  const [world, profile] = await Promise.all([createClinicWorld(), createProfile()]);
  const app = await startApp(profile);
  try {
    await world.patientWrites('Hola');
    const { email, password } = world.agent;
    await app.ask('session.signIn', { relayUrl: world.url, email, password });
    const row = await app.until(
      async () => (await app.ask('inbox.page', { query: buildQuery(), before: null, limit: 1 })).rows[0],
    );
    const { conversationId } = row;
    // The relay takes the command, but neither its answer nor the change gets through.
    world.proxy.add(/POST \/v1\/commands/, { type: 'loseAnswer' }, 1);
    world.proxy.add(/\/v1\//, { type: 'cutBefore' });
    await world.proxy.goOffline();
    await world.proxy.goOnline();
    await app.ask('note.add', { conversationId, text: 'Llamar mañana', mentionedAgentIds: [] });
    await app.until(() => app.logs.some(({ name }) => name === 'outbox.notSent'));
    expect(app.state().sync.unsent).toBe(1);
    // Now the change does, and answers to commands still do not.
    world.proxy.clear();
    world.proxy.add(/POST \/v1\/commands/, { type: 'cutBefore' });
    app.core.wake('network');
    await app.until(async () => {
      const { items } = await app.ask('thread.page', { conversationId, before: null, limit: 10 });
      return items.some(({ kind, ordinal }) => kind === 'note' && ordinal !== null);
    });
    await app.until(() => app.state().sync.unsent === 0);
  } finally {
    await app.close();
    await world.close();
    await profile.remove();
  }
}, 20_000);
