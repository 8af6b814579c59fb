import { describe, expect, it } from 'vitest';
import { CALLS, calls } from '../../shared/contract/index.ts';
import { createDispatcher, done, refused, type Handlers } from './dispatcher.ts';
import { createHandlers } from './handlers.ts';

const ID = '018f3f2e-7c1a-7000-8000-000000000001';
const NOTE = { conversationId: ID, text: '  hola ', mentionedAgentIds: [] };
const trusted = { trusted: true };

const realHandlers = () =>
  createHandlers({
    findDesk: () => 'signed_out',
    session: {
      state: () => {
        throw new Error('not asked here');
      },
      signIn: async () => null,
      signInDemo: async () => null,
      redeem: async () => null,
      signOut: async () => null,
      recover: async () => null,
    },
    notifications: {} as never,
  });

function setUp(handlers: Partial<Handlers>, checkOutput = true) {
  const logs: { name: string; fields: Record<string, unknown> }[] = [];
  const dispatch = createDispatcher({
    handlers: { ...realHandlers(), ...handlers },
    checkOutput,
    log: (name, fields) => logs.push({ name, fields }),
  });
  return { dispatch, logs };
}

const QUERY = {
  filter: 'received',
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: false,
  unansweredOnly: false,
  sort: 'newest',
};

describe('handlers', () => {
  it('answer every call there is, and no other', () => {
    expect(Object.keys(realHandlers()).sort()).toEqual([...CALLS].sort());
    expect(Object.keys(calls).sort()).toEqual([...CALLS].sort());
  });

  it.each(CALLS.filter((name) => !/^(app\.|session\.|store\.recover|notifications\.)/.test(name)))(
    '%s needs somebody signed in',
    async (name) => {
      const ids = { conversationId: ID, messageId: ID, actionId: ID, tagId: ID, intoTagId: ID, teamId: ID };
      const input: Record<string, unknown> = {
        ...ids,
        query: QUERY,
        before: null,
        limit: 1,
        upToOrdinal: 1,
        text: 'x',
        target: { query: QUERY },
        action: { type: 'close' },
        isWriting: false,
        mentionedAgentIds: [],
        memberIds: [],
        name: 'x',
        color: '#336699',
        settings: {},
        agentId: ID,
        deviceId: ID,
        email: 'ana@clinica.example',
        role: 'agent',
        months: null,
        way: 'retry',
        templateId: ID,
        isFavourite: true,
        hidden: true,
        language: 'es',
        category: 'UTILITY',
        parameterFormat: 'NAMED',
        components: [],
        values: {},
        emoji: null,
        phone: '600111222',
        shortcut: 'x',
        isMine: true,
        quickReplyId: ID,
        fileId: ID,
        fileName: 'x',
        mimeType: 'x/y',
        sizeBytes: 1,
        offset: 0,
        bytes: new Uint8Array(1),
        mediaId: ID,
        id: ID,
        patientId: ID,
        appointmentId: ID,
        startsAt: 1,
        treatment: 'x',
        professional: 'x',
        state: 'scheduled',
      };
      const { shape } = calls[name].in as unknown as { shape: object };
      const { dispatch } = setUp({});
      const given = Object.fromEntries(
        Object.keys(shape)
          .filter((key) => key in input)
          .map((key) => [key, input[key]]),
      );
      expect(await dispatch(name, given, trusted)).toEqual({ ok: false, error: { code: 'signed_out' } });
    },
  );
});

describe('dispatcher', () => {
  it.each([
    ['a name nobody knows', 'inbox.everything', {}, trusted, 'unknown_call'],
    ['a name from the prototype', 'constructor', {}, trusted, 'unknown_call'],
    ['a name that is no text', ['app.state'], {}, trusted, 'unknown_call'],
    ['a stranger', 'inbox.counts', {}, { trusted: false }, 'untrusted_sender'],
    ['no input', 'inbox.page', undefined, trusted, 'invalid_input'],
    ['an extra field', 'inbox.counts', { sql: 'drop table' }, trusted, 'invalid_input'],
    ['too large a page', 'inbox.page', { query: QUERY, before: null, limit: 201 }, trusted, 'invalid_input'],
    ['blanks only', 'note.add', { ...NOTE, text: '  \n ' }, trusted, 'invalid_input'],
    [
      'too long a text',
      'message.send',
      { conversationId: ID, text: 'x'.repeat(4_097) },
      trusted,
      'invalid_input',
    ],
    ['an id that is none', 'conversation.get', { conversationId: '1 or 1=1' }, trusted, 'invalid_input'],
  ])('refuses %s', async (_name, name, input, sender, code) => {
    const { dispatch } = setUp({});
    expect(await dispatch(name, input, sender)).toEqual({ ok: false, error: { code } });
  });

  it('hands parsed input over and the answer back', async () => {
    const { dispatch } = setUp({
      'note.add': async ({ text }) => done({ messageId: text === 'hola' ? ID : '' }),
    });
    expect(await dispatch('note.add', NOTE, trusted)).toEqual({
      ok: true,
      data: { messageId: ID },
    });
  });

  it('passes refusals on with what comes along', async () => {
    const { dispatch } = setUp({ 'session.signOut': async () => refused('unsent_work', { count: 3 }) });
    expect(await dispatch('session.signOut', { discardUnsent: false }, trusted)).toEqual({
      ok: false,
      error: { code: 'unsent_work', count: 3 },
    });
  });

  it.each([
    ['throws', () => Promise.reject(new TypeError('Lucía Martín wrote: hola'))],
    [
      'throws at once',
      () => {
        throw new TypeError('Lucía Martín wrote: hola');
      },
    ],
    ['throws no error', () => Promise.reject('Lucía Martín')],
  ])('answers internal when a handler %s, and logs no word of it', async (_name, handler) => {
    const { dispatch, logs } = setUp({ 'inbox.counts': handler as never });
    expect(await dispatch('inbox.counts', {}, trusted)).toEqual({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(logs)).toContain('inbox.counts');
    expect(JSON.stringify(logs)).not.toContain('Luc');
  });

  it('catches answers that break the contract where that is checked', async () => {
    const broken = { 'note.add': async () => done({ messageId: 'no id' }) };
    expect(await setUp(broken).dispatch('note.add', NOTE, trusted)).toMatchObject({ ok: false });
    expect(await setUp(broken, false).dispatch('note.add', NOTE, trusted)).toMatchObject({ ok: true });
  });
});
