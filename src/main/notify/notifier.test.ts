import { toTimestamp, type Conversation } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_NOTIFICATION_SETTINGS, type NotificationSettings } from '../../shared/contract/index.ts';
import type { ChangeSet, StoreReads } from '../store/interface.ts';
import {
  buildConversation,
  buildMessage,
  buildPatient,
  conversationId,
  createTestStore,
  MINUTE,
  NOON,
  put,
} from '../store/testing.ts';
import type { ChangeOrigin } from '../sync/interface.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createNotifier } from './notifier.ts';
import { HOUR, words } from './testing/build.ts';

const [ONE, TWO] = [conversationId(1), conversationId(2)];

/** A PC with a real store, whose notifications are lines: `show`, `replace` or `withdraw`, and of whom. */
async function createPc(settings: Partial<NotificationSettings> = {}, { isSynced = true } = {}) {
  const store = createTestStore();
  const time = createManualScheduler();
  const lines: string[] = [];
  const attention = { isFocused: false, isLocked: false };
  let sounds = 0;
  let seq = 0;
  const named = (key: string) => (key === ONE ? 'one' : key === TWO ? 'two' : key);
  const apply = (changes: (readonly [entity: string, data: { id: string }])[]): ChangeSet =>
    store.write.applyChanges({
      changes: changes.map(([entity, data]) => put(entity, ++seq, data)),
      next: seq,
    });
  const async =
    <Name extends keyof StoreReads>(name: Name) =>
    async (input: Parameters<StoreReads[Name]>[0]) =>
      store.read[name](input as never) as ReturnType<StoreReads[Name]>;
  const snapshot = () => {
    store.write.beginSnapshot({ seq, expected: 0 });
    store.write.endSnapshot({ seq });
  };
  // A clinic this PC has known before.
  if (isSynced) snapshot();
  const start = () =>
    createNotifier({
      read: {
        notifiable: async('notifiable'),
        expiring: async('expiring'),
        syncState: async('syncState'),
        directory: async('directory'),
        localValue: async('localValue'),
      },
      write: { setLocalValue: async (input) => store.write.setLocalValue(input) },
      door: {
        show: ({ key, isReplacing, body }) =>
          lines.push(`${isReplacing ? 'replace' : 'show'} ${named(key)} ${body}`),
        withdraw: (key) => lines.push(`withdraw ${named(key)}`),
      },
      playSound: () => (sounds += 1),
      settings: () => ({ ...DEFAULT_NOTIFICATION_SETTINGS, level: 'name', ...settings }),
      isPaused: () => false,
      attention: () => attention,
      words,
      timeZone: 'Europe/Madrid',
      clock: { now: () => NOON + time.now() },
      monotonicNow: time.now,
      scheduler: time.scheduler,
      onError(error) {
        throw error;
      },
    });
  let notifier = start();
  const settle = async () => {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    time.pass(ms);
    await settle();
  };
  await settle();
  const conversation = (number: number, changes: Partial<Conversation>) =>
    apply([
      ['patient', buildPatient(number)],
      ['conversation', buildConversation(number, changes)],
    ]);
  return {
    lines,
    attention,
    snapshot,
    get notifier() {
      return notifier;
    },
    sounds: () => sounds,
    conversation,
    /** The patient of a conversation writes; returns what was touched. */
    writes(number: number, unread = 1): ChangeSet {
      const message = buildMessage(number, seq + 1);
      apply([['message', message]]);
      return conversation(number, { unread });
    },
    async hear(changes: ChangeSet, origin: ChangeOrigin = 'live') {
      notifier.hear(changes, origin);
      await pass(300);
    },
    pass,
    async restart() {
      await notifier.stop();
      lines.length = 0;
      notifier = start();
      await settle();
    },
    async live() {
      notifier.setPhase('live');
      await settle();
    },
  };
}

describe('a notifier', () => {
  it('shows, replaces in place and withdraws', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    await pc.hear(pc.writes(1, 2));
    await pc.hear(pc.conversation(1, { unread: 0 }));
    expect(pc.lines).toEqual(['show one new:1', 'replace one new:2', 'withdraw one']);
  });

  it('decides on each message once, whatever else happens to its conversation', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    await pc.hear(pc.conversation(1, { unread: 0 }));
    await pc.hear(pc.conversation(1, { unread: 0, pinned: true }));
    await pc.pass(5 * MINUTE);
    await pc.hear(pc.conversation(1, { unread: 1 }));
    expect(pc.lines).toEqual(['show one new:1', 'withdraw one']);
  });

  it('is silent for what somebody read at once', async () => {
    const pc = await createPc();
    await pc.live();
    pc.notifier.hear(pc.writes(1), 'live');
    await pc.pass(100);
    await pc.hear(pc.conversation(1, { unread: 0 }));
    expect(pc.lines).toEqual([]);
  });

  it('hears of a message before the conversation that counts it', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1, 0));
    await pc.hear(pc.conversation(1, { unread: 1 }));
    expect(pc.lines).toEqual(['show one new:1']);
  });

  it('says nothing of what is before somebody’s eyes, and withdraws what comes there', async () => {
    const pc = await createPc();
    await pc.live();
    pc.attention.isFocused = true;
    pc.notifier.setOpen(ONE);
    await pc.hear(pc.writes(1));
    await pc.hear(pc.writes(2));
    pc.notifier.setOpen(TWO);
    await pc.pass(300);
    expect(pc.lines).toEqual(['show two new:1', 'withdraw two']);
  });

  it('notifies of the open conversation while the window is behind others, until it comes forward', async () => {
    const pc = await createPc();
    await pc.live();
    pc.notifier.setOpen(ONE);
    await pc.hear(pc.writes(1));
    pc.attention.isFocused = true;
    pc.notifier.attentionChanged();
    await pc.pass(300);
    expect(pc.lines).toEqual(['show one new:1', 'withdraw one']);
  });

  it('tells what came while it was away as one, and one alone by itself', async () => {
    const pc = await createPc();
    await pc.live();
    pc.notifier.setPhase('offline');
    await pc.hear(pc.writes(1), 'catchUp');
    await pc.hear(pc.writes(2), 'catchUp');
    expect(pc.lines).toEqual([]);
    await pc.live();
    pc.notifier.setPhase('catchingUp');
    await pc.hear(pc.writes(2, 2), 'catchUp');
    await pc.live();
    expect(pc.lines).toEqual(['show summary open', 'show two new:2']);
    await pc.hear(pc.conversation(1, { unread: 0 }));
    await pc.hear(pc.conversation(2, { unread: 0 }));
    expect(pc.lines.slice(2)).toEqual(['withdraw summary', 'withdraw two']);
  });

  it('is silent about the first copy of a clinic', async () => {
    const pc = await createPc({}, { isSynced: false });
    await pc.hear(pc.writes(1), 'catchUp');
    pc.snapshot();
    await pc.live();
    expect(pc.lines).toEqual([]);
    await pc.hear(pc.writes(2));
    expect(pc.lines).toEqual(['show two new:1']);
  });

  it('tells after a restart what came in between', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    await pc.restart();
    await pc.hear(pc.writes(2), 'catchUp');
    await pc.live();
    expect(pc.lines).toEqual(['show two new:1']);
  });

  it('looks at everything when too much has changed to be named', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    pc.conversation(1, { unread: 0 });
    pc.writes(2);
    await pc.hear({ conversationIds: [], overflow: true, reference: false });
    expect(pc.lines).toEqual(['show one new:1', 'withdraw one', 'show two new:1']);
  });

  it('takes names away when the screen is locked', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    pc.attention.isLocked = true;
    pc.notifier.attentionChanged();
    await pc.hear(pc.writes(2));
    pc.notifier.attentionChanged();
    expect(pc.lines).toEqual(['show one new:1', 'withdraw one', 'show two open']);
  });

  it('sounds once for a burst', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    await pc.hear(pc.writes(2));
    expect(pc.sounds()).toBe(1);
    await pc.pass(3_000);
    await pc.hear(pc.writes(1, 2));
    expect(pc.sounds()).toBe(2);
  });

  it('takes everything away when it ends', async () => {
    const pc = await createPc();
    await pc.live();
    await pc.hear(pc.writes(1));
    await pc.notifier.stop();
    expect(pc.lines.at(-1)).toBe('withdraw one');
  });

  it('warns once of a patient nobody has answered, also over a restart, until somebody does', async () => {
    const pc = await createPc({ notified: 'all' });
    const wroteAt = (at: number): Partial<Conversation> => ({
      lastInboundSentAt: toTimestamp(at),
      lastInteractionAt: toTimestamp(at),
      windowExpiresAt: null,
      unread: 0,
    });
    pc.conversation(1, wroteAt(NOON - 22 * HOUR + 90_000));
    await pc.live();
    expect(pc.lines).toEqual([]);
    await pc.pass(2 * MINUTE);
    await pc.pass(10 * MINUTE);
    expect(pc.lines).toEqual(['show one expiring · at 16:01']);
    await pc.restart();
    await pc.live();
    await pc.pass(2 * MINUTE);
    expect(pc.lines).toEqual([]);
    await pc.hear(pc.conversation(2, wroteAt(NOON - 23 * HOUR)));
    await pc.pass(MINUTE);
    await pc.hear(pc.conversation(2, { ...wroteAt(NOON - 23 * HOUR), lastMessageDirection: 'outbound' }));
    expect(pc.lines).toEqual(['show two expiring · at 15:00', 'withdraw two']);
  });
});
