import { newId, PRESENCE_LIFETIME_MS, PRESENCE_REPEAT_MS, type PresenceEvent } from '@recado/protocol';
import { describe, expect, test } from 'vitest';
import type { PresenceView } from '../../shared/contract/index.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createPresence } from './presence.ts';

const [OWN_DEVICE, DEVICE, OTHER_DEVICE, MARTA, LUIS, CONVERSATION] = Array.from({ length: 6 }, newId) as [
  string,
  ...string[],
] as [string, string, string, string, string, string];

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

function setUp() {
  const time = createManualScheduler();
  const said: string[] = [];
  const told: PresenceView[][] = [];
  const failures: unknown[] = [];
  const names = new Map([[LUIS, 'Luis']]);
  let answer: () => Promise<unknown> = async () => undefined;
  const presence = createPresence({
    say: async ({ conversationId, state }) => {
      said.push(`${conversationId === null ? '-' : 'conversation'} ${state}`);
      return answer();
    },
    ownDeviceId: OWN_DEVICE,
    agentNames: async () => new Map(names),
    scheduler: time.scheduler,
    onChanged: (others) => told.push(others),
    onError: (error) => failures.push(error),
  });
  presence.setListening(true);
  const event = (change: Partial<PresenceEvent> = {}): PresenceEvent => ({
    type: 'presence',
    deviceId: DEVICE,
    agentId: LUIS,
    conversationId: CONVERSATION,
    state: 'viewing',
    ...change,
  });
  return {
    presence,
    time,
    said,
    told,
    failures,
    names,
    event,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

const view = (state: 'viewing' | 'writing', agentId = LUIS, name = 'Luis') => ({
  conversationId: CONVERSATION,
  agentId,
  name,
  state,
});

describe('saying who is here', () => {
  test('at once, again while it holds, and not when nothing changed', async () => {
    const { presence, time, said } = setUp();
    presence.set({ conversationId: CONVERSATION, isWriting: false });
    presence.set({ conversationId: CONVERSATION, isWriting: false });
    await settle();
    expect(said).toEqual(['conversation viewing']);
    time.pass(PRESENCE_REPEAT_MS);
    await settle();
    presence.set({ conversationId: CONVERSATION, isWriting: true });
    await settle();
    expect(said).toEqual(['conversation viewing', 'conversation viewing', 'conversation writing']);
    presence.set({ conversationId: null, isWriting: false });
    await settle();
    expect(said.at(-1)).toBe('- away');
    expect(time.pending()).toEqual([]);
  });

  test('one request at a time, and then only the newest word', async () => {
    const { presence, said, answerWith } = setUp();
    let answer: () => void = () => undefined;
    answerWith(() => new Promise<void>((resolve) => (answer = resolve)));
    presence.set({ conversationId: CONVERSATION, isWriting: false });
    presence.set({ conversationId: CONVERSATION, isWriting: true });
    presence.set({ conversationId: null, isWriting: false });
    await settle();
    expect(said).toEqual(['conversation viewing']);
    answer();
    await settle();
    expect(said).toEqual(['conversation viewing', '- away']);
  });

  test('not without a connection; when it is back, what holds then', async () => {
    const { presence, time, said } = setUp();
    presence.setListening(false);
    presence.set({ conversationId: CONVERSATION, isWriting: true });
    await settle();
    expect(said).toEqual([]);
    expect(time.pending()).toEqual([]);
    presence.setListening(true);
    await settle();
    expect(said).toEqual(['conversation writing']);
  });

  test('taken back at the end, and only if it was said', async () => {
    const { presence, said } = setUp();
    presence.set({ conversationId: CONVERSATION, isWriting: true });
    await presence.stop();
    expect(said).toEqual(['conversation writing', '- away']);
    const quiet = setUp();
    await quiet.presence.stop();
    expect(quiet.said).toEqual([]);
  });

  test('a failure is passed on and the next repeat comes all the same', async () => {
    const { presence, time, said, failures, answerWith } = setUp();
    answerWith(() => Promise.reject(new Error('no network')));
    presence.set({ conversationId: CONVERSATION, isWriting: false });
    await settle();
    expect(failures).toHaveLength(1);
    time.pass(PRESENCE_REPEAT_MS);
    await settle();
    expect(said).toHaveLength(2);
  });
});

describe('hearing of others', () => {
  test('names them, follows them, forgets them', async () => {
    const { presence, told, event, time } = setUp();
    presence.hear(event());
    await settle();
    presence.hear(event({ state: 'writing' }));
    presence.hear(event({ state: 'writing' }));
    expect(told).toEqual([[view('viewing')], [view('writing')]]);
    time.pass(PRESENCE_LIFETIME_MS - 1);
    presence.hear(event({ state: 'writing' }));
    time.pass(PRESENCE_LIFETIME_MS - 1);
    expect(presence.others()).toEqual([view('writing')]);
    time.pass(1);
    expect(told.at(-1)).toEqual([]);
  });

  test('says nothing of this PC, and of one person with two PCs only once', async () => {
    const { presence, event, names } = setUp();
    names.set(MARTA, 'Marta');
    presence.hear(event({ deviceId: OWN_DEVICE }));
    presence.hear(event({ state: 'writing' }));
    presence.hear(event({ deviceId: OTHER_DEVICE }));
    presence.hear(event({ deviceId: newId(), agentId: MARTA }));
    await settle();
    expect(presence.others()).toEqual([view('writing'), view('viewing', MARTA, 'Marta')]);
    presence.hear(event({ state: 'away' }));
    expect(presence.others()).toEqual([view('viewing'), view('viewing', MARTA, 'Marta')]);
  });

  test('knows nothing once the connection is lost', async () => {
    const { presence, told, event, time } = setUp();
    presence.hear(event());
    await settle();
    presence.setListening(false);
    expect(told.at(-1)).toEqual([]);
    expect(time.pending()).toEqual([]);
  });

  test('shows a name as soon as it is known, and its change', async () => {
    const { presence, told, event, names } = setUp();
    presence.hear(event({ agentId: MARTA }));
    await settle();
    expect(told).toEqual([]);
    names.set(MARTA, 'Marta');
    presence.refreshNames();
    await settle();
    expect(told.at(-1)).toEqual([view('viewing', MARTA, 'Marta')]);
  });
});
