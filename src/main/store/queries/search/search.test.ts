import { toTimestamp, type Message } from '@recado/protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { wordsOf } from '../../../../shared/search-text.ts';
import {
  agentId,
  buildAgent,
  buildConversation,
  buildMessage,
  buildPatient,
  buildTag,
  checkSearchIndex,
  conversationId,
  createTestStore,
  del,
  fileId,
  foundMessages,
  messageId,
  MINUTE,
  NOON,
  put,
  searchFor,
  tagId,
  type TestStore,
} from '../../testing.ts';

const DAY = 24 * 60 * MINUTE;
const media = (mimeType: string, fileName: string | null): Message['content'] => ({
  media: {
    id: fileId(1),
    mimeType,
    fileName,
    sizeBytes: 1,
    voice: false,
    sha256: null,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
    failure: null,
  },
});
const sent = (agent: number): Partial<Message> => ({
  direction: 'outbound',
  author: { kind: 'agent', agentId: agentId(agent), name: null },
  status: 'read',
});
const at = (epoch: number): Partial<Message> => ({
  sentAt: toTimestamp(epoch),
  receivedAt: toTimestamp(epoch),
});

function fill(messages: Message[]): TestStore {
  const store = createTestStore();
  store.write.setAgent({ agentId: agentId(1) });
  store.write.applyChanges({
    changes: [
      put('agent', 1, buildAgent(1, 'Marta Gil')),
      put('agent', 1, buildAgent(2, 'David Núñez')),
      put('tag', 1, buildTag(1, 'Ortodoncia')),
      put('tag', 1, buildTag(2, 'Primera visita')),
      put('patient', 1, buildPatient(1, { name: 'Rosa Muñoz', profileName: 'Rosi', phone: '+34600111222' })),
      put('patient', 1, buildPatient(2, { name: null, profileName: 'Íñigo López', phone: '+34611000333' })),
      put('patient', 1, buildPatient(3, { name: 'Rosalía Peña', phone: '+447946600111' })),
      put('conversation', 1, buildConversation(1, { tagIds: [tagId(1)] })),
      put('conversation', 1, buildConversation(2, { tagIds: [tagId(2)] })),
      put('conversation', 1, buildConversation(3, { closed: true })),
      ...messages.map((message) => put('message', message.ordinal, message)),
    ],
    next: 1,
  });
  return store;
}

/** The numbers of the messages a search finds, best first. */
const find = (store: TestStore, ...[text, input]: [string, Parameters<typeof searchFor>[2]?]) =>
  foundMessages(store, text, input).map((id) => Number.parseInt(id.slice(-12), 16));

const text = (segments: { text: string }[]) => segments.map((segment) => segment.text).join('');
const marked = (segments: { text: string; isMatch: boolean }[] | null) =>
  (segments ?? []).filter(({ isMatch }) => isMatch).map((segment) => segment.text);

describe('words in messages', () => {
  let store: TestStore;
  beforeAll(() => {
    store = fill([
      buildMessage(1, 10, { text: 'Necesito una cita rápida' }),
      buildMessage(2, 11, { text: 'CITA para el niño, mañana' }),
      buildMessage(1, 12, { text: null }),
      buildMessage(1, 13, { text: 'Presupuesto de las citas' }),
      buildMessage(3, 14, { kind: 'document', text: null, content: media('application/pdf', 'Radiografía_panorámica.pdf') }),
      buildMessage(2, 15, { kind: 'system', direction: 'internal', text: 'cita anotada' }),
    ]); // prettier-ignore
  });

  test.each([
    // Whole words come before beginnings of words, then the newest.
    ['cita', [11, 10, 13]],
    ['CITÁ', [11, 10, 13]],
    ['cit', [13, 11, 10]],
    ['rapid cita', [10]],
    ['nino', [11]],
    ['nin\u0303o', [11]],
    ['manana', [11]],
    ['cita a', [11, 10, 13]],
    ['radiografia', [14]],
    ['panoram pdf', [14]],
    ['a', []],
    ['', []],
    ['"cita" OR text: -rápida*', []],
    ['ita', []],
  ])('%s finds %j', (typed, expected) => {
    expect(find(store, typed)).toEqual(expected);
  });

  test('are cut at the limit, which is said', () => {
    expect(find(store, 'cita', { limit: 2 })).toEqual([11, 10]);
    expect(searchFor(store, 'cita', { limit: 2 }).hasMoreMessages).toBe(true);
    expect(searchFor(store, 'cita', { limit: 3 }).hasMoreMessages).toBe(false);
  });

  test('are marked in a snippet around the first of them', () => {
    const long = fill([
      buildMessage(1, 10, {
        text: `${'hola '.repeat(60)}quería una CITA\npara mañana ${'adiós '.repeat(60)}`,
      }),
    ]);
    const [found] = searchFor(long, 'cit manana').messages;
    expect(marked(found!.snippet)).toEqual(['CIT', 'mañana']);
    expect(text(found!.snippet)).toMatch(/^… (hola )+quería una CITA para mañana (adiós )+…$/u);
    const [file] = searchFor(store, 'panorami').messages;
    expect(file).toMatchObject({ kind: 'document', snippet: [{ text: 'Radiografía_' }, { text: 'panorámi', isMatch: true }, { text: 'ca.pdf' }] }); // prettier-ignore
  });

  test('nothing typed is syntax, and nothing typed fails', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'grapheme' }),
          fc.string({ unit: 'binary' }),
          fc.constantFrom('NEAR(a b)', '^cita', 'a"b', "'; drop", '{text}:cita', 'cita AND', '+', 'de:"'),
        ),
        (typed) => {
          searchFor(store, typed);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('follow edits, removals and receipts, also of file names', () => {
    const changing = fill([buildMessage(1, 10, { text: 'primero' })]);
    const change = (seq: number, changes: Partial<Message>) =>
      changing.write.applyChanges({
        changes: [put('message', seq, buildMessage(1, 10, changes))],
        next: seq,
      });
    change(20, { text: 'primero', status: 'read' });
    expect(find(changing, 'primero')).toEqual([10]);
    change(21, { text: 'segundo', kind: 'document', content: media('application/pdf', 'uno.pdf') });
    expect(['primero', 'segundo uno'].map((typed) => find(changing, typed))).toEqual([[], [10]]);
    change(22, { text: null, kind: 'document', content: media('application/pdf', 'dos.pdf') });
    expect(['segundo', 'uno', 'dos'].map((typed) => find(changing, typed))).toEqual([[], [], [10]]);
    changing.write.applyChanges({ changes: [del('message', 24, messageId(10))], next: 24 });
    expect(find(changing, 'dos')).toEqual([]);
    checkSearchIndex(changing);
  });

  test('find what a plain reading of every message finds', { timeout: 60_000 }, () => {
    const vocabulary = ['cita', 'citas', 'Rosa', 'MUÑOZ', 'muela', 'mañana', 'ñu', 'ortodoncia', 'ór'];
    const names = ['rosa', 'muñoz', 'rosi'];
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom(1, 2), fc.array(fc.constantFrom(...vocabulary), { maxLength: 4 })),
          {
            maxLength: 12,
          },
        ),
        fc.array(fc.tuple(fc.constantFrom(...vocabulary), fc.integer({ min: 2, max: 6 })), {
          minLength: 1,
          maxLength: 3,
        }),
        (given, typed) => {
          const held = fill(
            given.map(([conversation, words], index) =>
              buildMessage(conversation, index + 10, { text: words.join(' ') }),
            ),
          );
          const prefixes = [...new Set(typed.flatMap(([word, length]) => wordsOf(word.slice(0, length))))];
          const isIn = (prefix: string, words: string[]) => words.some((word) => word.startsWith(prefix));
          const expected = given.flatMap(([conversation, words], index) => {
            const folded = words.flatMap(wordsOf);
            const about = conversation === 1 ? [...names.flatMap(wordsOf), 'ortodoncia'] : ['inigo', 'lopez', 'primera', 'visita'];
            const isHere = prefixes.every((prefix) => isIn(prefix, folded));
            const isAbout = (prefix: string) => prefix.length > 2 && isIn(prefix, about);
            const isShared =
              prefixes.every((prefix) => isIn(prefix, folded) || isAbout(prefix)) &&
              prefixes.some((prefix) => isIn(prefix, folded));
            return isHere || (prefixes.length > 1 && isShared) ? [index + 10] : [];
          }); // prettier-ignore
          expect(find(held, prefixes.join(' ')).sort((one, other) => one - other)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('patients and tags', () => {
  const store = fill([
    buildMessage(1, 10, { text: 'Quiero ortodoncia invisible' }),
    buildMessage(2, 11, { text: 'La ortodoncia duele' }),
    buildMessage(1, 12, { text: 'Gracias, Rosa' }),
  ]);
  const patients = (typed: string) =>
    searchFor(store, typed).patients.map((each) => Number.parseInt(each.conversationId.slice(-12), 16));

  test.each([
    ['rosa', [1, 3]],
    ['ro', [1, 3]],
    ['mun', [1]],
    ['rosi munoz', [1]],
    ['inigo lop', [2]],
    ['pena rosalia', [3]],
    ['600 111 222', [1]],
    ['+34 600-11-12-22', [1]],
    ['0034600111222', [1]],
    ['(600) 111', [1, 3]],
    ['rosa 111222', [1]],
    ['m', [1]],
    ['zz', []],
    ['', []],
  ])('%s finds patients %j', (typed, expected) => {
    expect(patients(typed).sort()).toEqual([...expected].sort());
    expect(patients(typed)[0]).toBe(expected[0]);
  });

  test('what matches is marked, in names, numbers and tags', () => {
    const [rosa] = searchFor(store, 'muñ').patients;
    expect([text(rosa!.name), marked(rosa!.name), marked(rosa!.phone)]).toEqual(['Rosa Muñoz', ['Muñ'], []]);
    const [byPhone] = searchFor(store, '60011').patients;
    expect([text(byPhone!.phone!), marked(byPhone!.phone)]).toEqual(['+34 600 11 12 22', ['600 11']]);
    const [tag] = searchFor(store, 'VISI').tags;
    expect([tag!.id, marked(tag!.label)]).toEqual([tagId(2), ['visi']]);
  });

  test('words are shared out between patient, tag and message', () => {
    expect(find(store, 'munoz ortodon')).toEqual([10]);
    expect(find(store, 'ortodon')).toEqual([11, 10]);
    expect(find(store, 'ortodoncia graci')).toEqual([12]);
    expect(find(store, 'primera duele')).toEqual([11]);
    expect(find(store, 'rosa munoz')).toEqual([12]);
    expect(find(store, 'munoz duele')).toEqual([]);
  });

  test('inside one conversation only its messages are found', () => {
    expect(searchFor(store, 'ortodoncia', { conversationId: conversationId(2) })).toMatchObject({
      patients: [],
      tags: [],
      messages: [{ messageId: messageId(11), displayName: 'Íñigo López', conversationId: conversationId(2) }],
    });
    expect(find(store, 'ortodoncia', { conversationId: conversationId(9) })).toEqual([]);
  });
});

describe('filters', () => {
  const store = fill([
    buildMessage(1, 10, { text: 'cita', ...at(Date.UTC(2026, 4, 1, 21, 59)) }),
    buildMessage(1, 11, { text: 'cita', ...at(Date.UTC(2026, 4, 1, 22)), ...sent(1) }),
    buildMessage(2, 12, { text: 'cita', ...at(Date.UTC(2026, 4, 2, 12)), ...sent(2) }),
    buildMessage(2, 13, { text: 'cita aquí https://ejemplo.es/x', ...at(NOON) }),
    buildMessage(3, 14, { kind: 'image', text: 'mi cita', content: media('image/png', null), ...at(NOON) }),
    buildMessage(3, 15, { kind: 'audio', text: null, content: media('audio/ogg', null), ...at(NOON) }),
    buildMessage(3, 16, { kind: 'document', text: null, content: media('application/pdf', 'cita.pdf'), ...at(NOON), ...sent(1) }),
    buildMessage(2, 17, { kind: 'template', text: 'plantilla', content: media('video/mp4', null), ...at(NOON), ...sent(2) }),
    // Sent long before, and received last.
    buildMessage(2, 18, { text: 'cita tardía', sentAt: toTimestamp(Date.UTC(2026, 4, 1)), receivedAt: toTimestamp(NOON) }),
  ]); // prettier-ignore

  test.each([
    ['cita de:yo', [16, 11]],
    ['cita from:me', [16, 11]],
    ['cita de:paciente', [18, 14, 13, 10]],
    ['cita from:patient con:imagen', [14]],
    ['cita de:david', [12]],
    ['cita de:"david nunez"', [12]],
    ['cita de:rosi', [10]],
    ['cita de:nadie', []],
    ['de:david', [17, 12]],
    ['cita tag:ortodoncia', [11, 10]],
    ['cita etiqueta:"primera vi', [18, 13, 12]],
    ['tag:nada cita', []],
    ['etiqueta:orto', [11, 10]],
    ['cita después:2026-05-02', [16, 14, 13, 12, 11]],
    ['cita antes:02/05/2026', [18, 10]],
    ['after:2026-05-02 before:2026-05-03', [12, 11]],
    ['con:enlace', [13]],
    ['con:archivo', [17, 16, 15, 14]],
    ['has:audio', [15]],
    ['con:vídeo', [17]],
    ['con:imagen con:audio', [15, 14]],
    ['cita con:archivo', [16, 14]],
    ['con:archivo de:yo', [16]],
    ['con:archivo tag:primera', [17]],
    ['con:enlace tag:ortodoncia', []],
  ])('%s finds %j', (typed, expected) => {
    expect(find(store, typed)).toEqual(expected);
  });

  test('about messages leave patients and tags out', () => {
    expect(searchFor(store, 'rosa con:imagen')).toMatchObject({ patients: [], tags: [] });
    expect(searchFor(store, 'rosa tag:ortodoncia').patients).toHaveLength(1);
  });

  test('that few of many messages pass still find them', () => {
    const many = fill([
      buildMessage(2, 10, { text: 'cita', ...sent(2), ...at(NOON - 40 * DAY) }),
      ...Array.from({ length: 3_000 }, (_, index) => buildMessage(1, index + 11, { text: 'cita', ...at(NOON) })),
    ]); // prettier-ignore
    expect(find(many, 'cita de:david')).toEqual([10]);
    expect(find(many, 'cita antes:2026-09-20')).toEqual([10]);
    expect(find(many, 'inigo cita')).toEqual([10]);
    expect(find(many, 'tag:primera')).toEqual([10]);
  });
});

describe('what is not searched', () => {
  test('says so while history or the index is still being filled', () => {
    const store = fill([buildMessage(1, 10)]);
    expect(searchFor(store, 'mensaje').isComplete).toBe(false);
    store.write.applyHistory({ changes: [], before: null });
    expect(searchFor(store, 'mensaje').isComplete).toBe(true);
    store.connection.exec('update sync_state set search_from = 99');
    expect(searchFor(store, 'mensaje').isComplete).toBe(false);
  });

  test('messages whose conversation is not known', () => {
    const store = createTestStore();
    store.write.applyChanges({ changes: [put('message', 1, buildMessage(9, 1))], next: 1 });
    expect(find(store, 'mensaje')).toEqual([]);
  });
});
