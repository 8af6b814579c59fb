import { describe, expect, it, vi } from 'vitest';
import type { CallName, Reply } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createClock } from '../lib/clock.ts';
import { createDrafts } from '../lib/drafts.ts';
import { readPreferences } from '../lib/preferences.ts';
import { buildDetail, buildFacts, buildItem, idOf } from '../testing/builders.ts';
import { createAnswering } from './answering.ts';
import type { Draft } from './answering-state.ts';
import type { Reading } from './reading.ts';
import { createAppStore } from './store.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
const CONVERSATION = idOf(1, 1);
const MESSAGE = idOf(2, 500);

function setUp(windowExpiresAt: number = NOW + HOUR) {
  const calls: [name: CallName, input: Record<string, unknown>][] = [];
  const answers: Partial<Record<CallName, Reply<unknown>>> = {
    'message.send': { ok: true, data: { messageId: MESSAGE, messageIds: [MESSAGE] } },
    'message.discard': { ok: true, data: {} },
  };
  const client = {
    call: async (name: CallName, input: Record<string, unknown>) => {
      calls.push([name, input]);
      return answers[name] ?? { ok: true, data: {} };
    },
    on: () => () => {},
  } as unknown as Client;
  let now = NOW;
  const clock = createClock({ systemNow: () => now, schedule: () => () => {} });
  const store = createAppStore(readPreferences({ getItem: () => null }));
  store.setState(({ thread }) => ({
    thread: {
      ...thread,
      conversationId: CONVERSATION,
      items: [buildItem({ ordinal: 41 })],
      detail: buildDetail({ facts: buildFacts({ windowExpiresAt, lastInboundSentAt: NOW - 23 * HOUR }) }),
    },
  }));
  const toast = vi.fn();
  const answering = createAnswering({
    store,
    client,
    clock,
    drafts: createDrafts<Draft>({ delayMs: 1, save: async () => true }),
    reading: { showNewest: vi.fn(), refreshThread: vi.fn() } as unknown as Reading,
    presence: { view: vi.fn(), type: vi.fn(), stopTyping: vi.fn() },
    open: vi.fn(),
    changeUi: (change) => store.setState(({ ui }) => ({ ui: { ...ui, ...change } })),
    toast,
  });
  const draft = () => store.getState().answering.drafts[CONVERSATION];
  const named = (name: CallName) => calls.filter((call) => call[0] === name).map((call) => call[1]);
  return { answering, answers, draft, named, store, toast, advance: (ms: number) => void (now += ms) };
}

describe('what is written', () => {
  it('leaves with its quote and the newest message that was on screen, and can be taken back', async () => {
    const { answering, draft, named, store } = setUp();
    answering.replyTo(MESSAGE);
    answering.changeDraft(CONVERSATION, { text: 'Hola ' });
    expect(await answering.sendDraft(CONVERSATION)).toBeNull();
    expect(named('message.send')).toEqual([
      {
        conversationId: CONVERSATION,
        text: 'Hola',
        attachments: [],
        replyTo: MESSAGE,
        sendAt: null,
        undoableForMs: 5_000,
        basedOnOrdinal: 41,
      },
    ]);
    expect(draft()).toMatchObject({ text: '', replyTo: null });
    answering.changeDraft(CONVERSATION, { text: 'otra cosa' });
    await answering.undoSend();
    expect(named('message.discard')).toEqual([{ conversationId: CONVERSATION, messageId: MESSAGE }]);
    expect(draft()).toMatchObject({ text: 'Hola \notra cosa', replyTo: MESSAGE });
    expect(store.getState().answering.sent).toBeNull();
  });

  it('stays when the window closed between the last tick and the key', async () => {
    const { answering, draft, named, advance } = setUp(NOW + 1_000);
    answering.changeDraft(CONVERSATION, { text: 'Hola' });
    advance(1_000);
    expect(await answering.sendDraft(CONVERSATION)).toEqual({ code: 'window_closed' });
    expect(await answering.sendQuickReply(CONVERSATION, { id: idOf(11, 1), file: null }, 'Hola')).toEqual({
      code: 'window_closed',
    });
    expect(named('message.send')).toEqual([]);
    expect(draft()?.text).toBe('Hola');
  });

  it('comes back when it was refused, above what was written meanwhile', async () => {
    const { answering, answers, draft, toast } = setUp();
    answers['message.send'] = { ok: false, error: { code: 'disk_full' } };
    answering.changeDraft(CONVERSATION, { text: 'uno' });
    const sending = answering.sendDraft(CONVERSATION);
    answering.changeDraft(CONVERSATION, { text: 'dos' });
    expect(await sending).toEqual({ code: 'disk_full' });
    expect(draft()?.text).toBe('uno\ndos');
    expect(toast).toHaveBeenCalledWith('errors.disk_full');
  });

  it('leaves at once for those who want no undo, and when it is scheduled', async () => {
    const { answering, named, store } = setUp();
    const { ui } = store.getState();
    store.setState({ ui: { ...ui, preferences: { ...ui.preferences, undoesSending: false } } });
    answering.changeDraft(CONVERSATION, { text: 'ya' });
    await answering.sendDraft(CONVERSATION);
    store.setState({ ui });
    answering.changeDraft(CONVERSATION, { text: 'luego' });
    await answering.sendDraft(CONVERSATION, { sendAt: NOW + HOUR / 2 });
    expect(named('message.send').map((input) => input.undoableForMs)).toEqual([0, 0]);
    expect(store.getState().answering.sent).toBeNull();
  });

  it('says so when it has left already', async () => {
    const { answering, answers, draft, toast } = setUp();
    answering.changeDraft(CONVERSATION, { text: 'uno' });
    await answering.sendDraft(CONVERSATION);
    answers['message.discard'] = { ok: false, error: { code: 'too_late' } };
    await answering.undoSend();
    expect(toast).toHaveBeenCalledWith('errors.too_late');
    expect(draft()?.text).toBe('');
  });
});

describe('saved texts', () => {
  it('leave at once, and leave the draft alone', async () => {
    const { answering, draft, named } = setUp();
    answering.changeDraft(CONVERSATION, { text: 'a medias' });
    const file = {
      fileId: idOf(6, 1),
      fileName: 'plano.pdf',
      mimeType: 'application/pdf',
      sizeBytes: 9,
      kind: 'document',
      voice: false,
    };
    await answering.sendQuickReply(CONVERSATION, { id: idOf(11, 1), file }, 'Hola');
    expect(named('message.send')).toMatchObject([
      { text: 'Hola', quickReplyId: idOf(11, 1), undoableForMs: 5_000 },
    ]);
    expect(draft()?.text).toBe('a medias');
  });
});
