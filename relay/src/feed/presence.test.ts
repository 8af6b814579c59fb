import { newId, PresenceEvent, type Session } from '@recado/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, signIn, startTestRelay, type TestRelay } from '../../sandbox/testing/relay.ts';
import { createDatabase } from '../db/database.ts';
import { createNotifier, type Notifier } from '../db/notifier.ts';
import { silentLogger } from '../logger.ts';
import { createPresence } from './presence.ts';

const conversationId = newId();

describe('in memory', () => {
  const silent: Notifier = { start: async () => {}, tell: () => {}, listen: () => {}, stop: async () => {} };
  const clinicId = newId();
  const viewing = (deviceId: string): PresenceEvent => ({
    type: 'presence',
    deviceId,
    agentId: newId(),
    conversationId,
    state: 'viewing',
  });
  const states = (events: PresenceEvent[]) => events.map(({ state }) => state);

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is forgotten 25 seconds after it was last heard, and not before', () => {
    const presence = createPresence({ notifier: silent });
    const heard: PresenceEvent[] = [];
    presence.follow(clinicId, newId(), (event) => heard.push(event));
    const event = viewing(newId());
    presence.announce(clinicId, event);
    vi.advanceTimersByTime(20_000);
    presence.announce(clinicId, event);
    vi.advanceTimersByTime(24_999);
    expect(states(heard)).toEqual(['viewing', 'viewing']);
    vi.advanceTimersByTime(1);
    expect(states(heard)).toEqual(['viewing', 'viewing', 'away']);
    const late: PresenceEvent[] = [];
    presence.follow(clinicId, newId(), (each) => late.push(each));
    expect(late).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes to everybody of the clinic but the device itself, and to nobody else', () => {
    const presence = createPresence({ notifier: silent });
    const device = newId();
    const heard = { own: 0, colleague: 0, stranger: 0 };
    presence.announce(clinicId, viewing(device));
    presence.follow(clinicId, device, () => (heard.own += 1));
    const stop = presence.follow(clinicId, newId(), () => (heard.colleague += 1));
    presence.follow(newId(), newId(), () => (heard.stranger += 1));
    presence.announce(clinicId, viewing(device));
    expect(heard).toEqual({ own: 0, colleague: 2, stranger: 0 });
    stop();
    presence.announce(clinicId, viewing(device));
    expect(heard.colleague).toBe(2);
    presence.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('words reach the other process, in order, and not the one that told them', async () => {
  const relay = await startTestRelay();
  const database = createDatabase({ url: relay.databaseUrl, poolSize: 1 });
  const [one, two] = [
    createNotifier({ database, logger: silentLogger }),
    createNotifier({ database, logger: silentLogger }),
  ];
  const heard: string[] = [];
  const own: string[] = [];
  one.listen('words', (word) => own.push(word));
  two.listen('words', (word) => heard.push(word));
  await one.start();
  await two.start();
  for (const word of ['a b', 'c', 'a b', 'end']) one.tell('words', word);
  await eventually('the end', async () => heard.includes('end'));
  expect(heard.slice(-3)).toEqual(['c', 'a b', 'end']);
  expect(own).toEqual([]);
  await one.stop();
  await two.stop();
  await database.close();
  await relay.close();
});

describe('between PCs', () => {
  let relay: TestRelay;
  let second: TestRelay;
  const readers: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    relay = await startTestRelay({ agentNames: ['Marta', 'David'] });
    second = await startTestRelay({ databaseUrl: relay.databaseUrl, clinic: relay.clinic });
  });
  afterEach(async () => {
    for (const stop of readers.splice(0)) await stop();
    await second.close();
    await relay.close();
  });

  /** Follows the stream as an app does; resolves once it is live. */
  async function follow(url: string, session: Session): Promise<PresenceEvent[]> {
    const response = await fetch(`${url}/v1/stream?after=0`, {
      headers: { authorization: `Bearer ${session.token}` },
    });
    const heard: PresenceEvent[] = [];
    let text = '';
    let live = false;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    readers.push(async () => reader?.cancel());
    void (async () => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        text += part.value;
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          if (frame.startsWith('event: ping')) live = true;
          const data = /^event: ephemeral\ndata: (.*)$/.exec(frame)?.[1];
          if (data) heard.push(PresenceEvent.parse(JSON.parse(data)));
        }
      }
    })().catch(() => undefined);
    await eventually('the stream is live', async () => live);
    return heard;
  }

  async function announce(url: string, { token }: Session, body: object): Promise<number> {
    const response = await fetch(`${url}/v1/presence`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.status;
  }

  test('who looks and who writes is known on every other PC, of either process, and nowhere else', async () => {
    const [marta, david] = [await relay.signIn(), await relay.signIn(relay.clinic.agents[1])];
    const other = await createTestClinic(relay.databaseUrl);
    const stranger = await signIn(relay.url, other.agents[0] ?? { email: '', password: '' });
    const own = await follow(relay.url, marta);
    const near = await follow(relay.url, david);
    const far = await follow(second.url, await relay.signIn(relay.clinic.agents[1]));
    const outside = await follow(relay.url, stranger);

    expect(await announce(relay.url, marta, { conversationId, state: 'viewing' })).toBe(204);
    expect(await announce(relay.url, marta, { conversationId, state: 'writing' })).toBe(204);
    const expected = ['viewing', 'writing'].map((state) => ({
      type: 'presence',
      deviceId: expect.any(String) as string,
      agentId: marta.agent.id,
      conversationId,
      state,
    }));
    await eventually('both have heard', async () => near.length === 2 && far.length >= 1);
    expect(near).toEqual(expected);
    await eventually('the far one has heard', async () => far.at(-1)?.state === 'writing');

    // Somebody who comes later, to the other process, knows it as it is now.
    const late = await follow(second.url, await second.signIn(relay.clinic.agents[1]));
    await eventually('the late one has heard', async () => late.length === 1);
    expect(late).toEqual(expected.slice(1));

    await announce(second.url, marta, { conversationId: null, state: 'away' });
    await eventually('it is taken back', async () =>
      [near, far, late].every((heard) => heard.at(-1)?.state === 'away'),
    );
    expect([own, outside]).toEqual([[], []]);
  });

  test('what does not fit is refused', async () => {
    const marta = await relay.signIn();
    expect(await announce(relay.url, marta, { conversationId: 'x', state: 'viewing' })).toBe(400);
    expect(await announce(relay.url, marta, { conversationId, state: 'sleeping' })).toBe(400);
  });
});
