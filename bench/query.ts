/**
 * What every screen asks of the store, asked of a full one: alone, while a sync writes as fast as it can, through the
 * dispatcher a window calls, and of a small store for comparison.
 */
import type { Change, Message } from '@recado/protocol';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Random } from '../relay/sandbox/random.ts';
import type { Desk } from '../src/main/ipc/desk.ts';
import { createDispatcher } from '../src/main/ipc/dispatcher.ts';
import { createHandlers } from '../src/main/ipc/handlers.ts';
import { createStore } from '../src/main/store/client.ts';
import type { Store } from '../src/main/store/interface.ts';
import type { InboxCursor, InboxQuery, ThreadCursor } from '../src/shared/contract/index.ts';
import { inventChanges } from './invent-changes.ts';
import type { BenchOptions } from './run.ts';
import { say, spread, type Spread } from './statistics.ts';

const CONVERSATIONS = 20_000;
const MESSAGES = 1_000_000;
/** The small store growth is measured from. */
const SMALL_MESSAGES = 10_000;
const SAMPLES = 400;
const WARM_UP = 20;
const FILL_BATCH = 5_000;
/** Messages per transaction of the sync that runs beside the reads. */
const SYNC_BATCH = 500;
const PAGE = 50;
const RESULTS = 50;
const TIME_ZONE = 'Europe/Madrid';
const FILTERS = ['received', 'expired', 'closed', 'bot', 'spam', 'all'] as const;
/** Of so many messages one carries a word no other has: names of medicines and of streets. */
const MESSAGES_PER_RARE_WORD = 4_999;

const queryOf = (filter: InboxQuery['filter']): InboxQuery => ({
  filter,
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: false,
  unansweredOnly: false,
  sort: 'newest',
});

/** What there is to ask for, gathered while filling. */
interface Contents {
  conversationIds: string[];
  words: { common: string[]; rare: string[]; accented: string[] };
  /** Two words of one message. */
  pairs: string[];
  /** For writing more of the same. */
  messages: Message[];
  seq: number;
}

const wordsOf = (text: string): string[] => text.toLocaleLowerCase('es').match(/\p{L}{4,}/gu) ?? [];
const withoutAccents = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '');

const SYLLABLES = ['ba', 'cor', 'di', 'fen', 'gu', 'lam', 'mo', 'nis', 'pra', 'tol', 'xi', 'zu'];
const inventWord = (random: Random): string =>
  Array.from({ length: 5 }, () => random.pick(SYLLABLES)).join('');

async function fill(
  store: Store,
  size: { conversations: number; messages: number; now: number },
): Promise<Contents> {
  const counts = new Map<string, number>();
  const conversationIds: string[] = [];
  const messages: Message[] = [];
  const pairs: string[] = [];
  const rare: string[] = [];
  const random = createRandom('words');
  let seq = 0;
  let held = 0;
  await store.write.beginSnapshot({ seq: 1, expected: size.messages });
  for (const changes of inventChanges({ ...size, batch: FILL_BATCH })) {
    for (const change of changes) {
      seq = Math.max(seq, change.seq);
      if (change.entity === 'conversation') conversationIds.push(change.id);
      if (change.entity !== 'message') continue;
      held += 1;
      const message = change.data as Message;
      if (held % MESSAGES_PER_RARE_WORD === 1) {
        const word = inventWord(random);
        rare.push(word);
        message.text = `${message.text ?? ''} ${word}`;
      }
      const words = wordsOf(message.text ?? '');
      for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
      if (change.seq % 97 !== 0) continue;
      messages.push(message);
      if (words.length >= 2) pairs.push(`${words[0]!} ${words.at(-1)!}`);
    }
    await store.write.applySnapshot({ changes });
    if (changes.at(-1)?.entity === 'message' && held % 100_000 === 0) say(`${held} messages`);
  }
  await store.write.endSnapshot({ seq: 1 });
  await store.write.checkpoint({});
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([word]) => word);
  return {
    conversationIds,
    words: {
      common: byCount.slice(0, 20),
      rare,
      accented: byCount.filter((word) => withoutAccents(word) !== word).slice(0, 50),
    },
    pairs,
    messages,
    seq,
  };
}

/** One thing a screen asks for, each time for another conversation, place or word. */
type Question = (random: Random) => Promise<unknown>;

function questionsOf(store: Store, contents: Contents, now: () => number): Record<string, Question> {
  const { words, pairs, conversationIds } = contents;
  const search = (text: string) =>
    store.read.search({ text, conversationId: null, limit: RESULTS, now: now(), timeZone: TIME_ZONE });
  const page = (query: InboxQuery, before: InboxCursor | null) =>
    store.read.inboxPage({ query, before, limit: PAGE, now: now() });
  const thread = (conversationId: string, before: ThreadCursor | null) =>
    store.read.threadPage({ conversationId, before, limit: PAGE });
  // The page before is read outside the clock: what is measured is going on from it.
  const olderPlaces: { conversationId: string; before: ThreadCursor }[] = [];
  const lowerPlaces: { query: InboxQuery; before: InboxCursor }[] = [];

  return {
    // The way there and back, with whatever main was doing meanwhile: part of all that follows.
    roundTrip: () => store.read.localValue({ key: 'nothing' }),
    inboxPage: async (random) => {
      const query = queryOf(random.pick(FILTERS));
      const { next } = await page(query, null);
      if (next !== null) lowerPlaces.push({ query, before: next });
    },
    inboxNextPage: (random) => {
      const place = random.pick(lowerPlaces);
      return page(place.query, place.before);
    },
    openThread: async (random) => {
      const conversationId = random.pick(conversationIds);
      const [, newest] = await Promise.all([
        store.read.conversationDetail({ conversationId, now: now() }),
        thread(conversationId, null),
      ]);
      if (newest?.before) olderPlaces.push({ conversationId, before: newest.before });
    },
    threadPageBack: (random) => {
      const { conversationId, before } = random.pick(olderPlaces);
      return thread(conversationId, before);
    },
    counts: () => store.read.inboxCounts({ now: now() }),
    searchCommonWord: (random) => search(random.pick(words.common)),
    searchRareWord: (random) => search(random.pick(words.rare)),
    searchWithoutAccents: (random) => search(withoutAccents(random.pick(words.accented))),
    searchTwoWords: (random) => search(random.pick(pairs)),
    searchTwoLetters: (random) => search(random.pick(words.common).slice(0, 2)),
    // As it is typed: from the second letter to the whole word.
    searchAsTyped: (random) => {
      const word = random.pick(random.chance(0.5) ? words.common : words.rare);
      return search(word.slice(0, random.between(2, word.length)));
    },
  };
}

async function measure(questions: Record<string, Question>): Promise<Record<string, Spread>> {
  const results: Record<string, Spread> = {};
  for (const [name, ask] of Object.entries(questions)) {
    const random = createRandom(name);
    const samples: number[] = [];
    for (let index = 0; index < SAMPLES + WARM_UP; index += 1) {
      const startedAt = performance.now();
      await ask(random);
      if (index >= WARM_UP) samples.push(performance.now() - startedAt);
    }
    results[name] = spread(samples);
    say(`${name} ${JSON.stringify(results[name])}`);
  }
  return results;
}

/** Writes more messages into the conversations there are, one transaction after another, until told to stop. */
function startSync(store: Store, contents: Contents): () => Promise<{ rowsPerSecond: number }> {
  const random = createRandom('sync');
  const startedAt = performance.now();
  let isRunning = true;
  let rows = 0;
  let { seq } = contents;
  const run = async () => {
    while (isRunning) {
      const changes: Change[] = Array.from({ length: SYNC_BATCH }, () => {
        seq += 1;
        // Version 7 ids differ in their random end.
        const id = `01990000-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`;
        const conversationId = random.pick(contents.conversationIds);
        const data = { ...random.pick(contents.messages), id, conversationId, ordinal: seq };
        return { seq, entity: 'message', id, op: 'put', data };
      });
      await store.write.applyChanges({ changes, next: seq });
      rows += changes.length;
    }
  };
  const running = run();
  return async () => {
    isRunning = false;
    await running;
    return { rowsPerSecond: Math.round(rows / ((performance.now() - startedAt) / 1_000)) };
  };
}

/** The same questions as a window asks them, parsed on the way in. */
function dispatcherQuestions(store: Store, contents: Contents, now: () => number): Record<string, Question> {
  // As much of a desk as reading needs; nothing is missing that the relay would be asked for.
  const reading: Pick<Desk, 'store' | 'clock' | 'timeZone' | 'threadPage'> = {
    store,
    clock: { now },
    timeZone: TIME_ZONE,
    threadPage: store.read.threadPage,
  };
  const desk = reading as Desk;
  const dispatch = createDispatcher({
    handlers: createHandlers({ findDesk: () => desk, session: {} as never, notifications: {} as never }),
    checkOutput: false,
    log: () => undefined,
  });
  const ask = async (name: Parameters<typeof dispatch>[0], input: unknown) => {
    const reply = await dispatch(name, input, { trusted: true });
    if (!reply.ok) throw new Error(`${name} answered ${reply.error.code}`);
  };
  return {
    inboxPage: (random) =>
      ask('inbox.page', { query: queryOf(random.pick(FILTERS)), before: null, limit: PAGE }),
    openThread: async (random) => {
      const conversationId = random.pick(contents.conversationIds);
      await Promise.all([
        ask('conversation.get', { conversationId }),
        ask('thread.page', { conversationId, before: null, limit: PAGE }),
      ]);
    },
    counts: () => ask('inbox.counts', {}),
    searchAsTyped: (random) => {
      const word = random.pick(contents.words.common);
      const text = word.slice(0, random.between(2, word.length));
      return ask('search.run', { text, conversationId: null, limit: RESULTS });
    },
  };
}

async function withStore<Result>(work: (store: Store, file: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'recado-query-'));
  const opened = await createStore({
    file: join(folder, 'store.db'),
    key: randomBytes(32),
    workerFile: new URL('../src/main/store/worker.ts', import.meta.url),
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(`the store did not open: ${opened.failure}`);
  try {
    return await work(opened.store, folder);
  } finally {
    await opened.store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const ratios = (one: Record<string, Spread>, other: Record<string, Spread>, share: 'p50' | 'p95') =>
  Object.fromEntries(
    Object.keys(one).map((name) => [name, Math.round((one[name]![share] / other[name]![share]) * 10) / 10]),
  );

export async function run(options: BenchOptions): Promise<object> {
  const messages = options.messages ?? MESSAGES;
  const conversations = options.conversations ?? Math.min(CONVERSATIONS, Math.max(1, messages / 50));
  const startedAt = Date.now();
  const now = () => startedAt;

  say(`a small store: ${SMALL_MESSAGES} messages`);
  const small = await withStore(async (store) => {
    const size = { conversations: SMALL_MESSAGES / 50, messages: SMALL_MESSAGES, now: startedAt };
    return measure(questionsOf(store, await fill(store, size), now));
  });

  say(`filling ${conversations} conversations with ${messages} messages`);
  return withStore(async (store) => {
    const fillStartedAt = performance.now();
    const contents = await fill(store, { conversations, messages, now: startedAt });
    const fillSeconds = Math.round((performance.now() - fillStartedAt) / 1_000);
    say(`filled in ${fillSeconds} s`);
    const questions = questionsOf(store, contents, now);
    const idle = await measure(questions);
    const throughDispatcher = await measure(dispatcherQuestions(store, contents, now));
    say('while a sync writes');
    const stopSync = startSync(store, contents);
    const whileSyncing = await measure(questions);
    const sync = await stopSync();
    return {
      conversations,
      messages,
      fillSeconds,
      idle,
      whileSyncing,
      sync,
      throughDispatcher,
      small: { messages: SMALL_MESSAGES, ...small },
      whileSyncingOverIdle: ratios(whileSyncing, idle, 'p95'),
      growth: ratios(idle, small, 'p50'),
      aim: { inboxAndThreadP95: 2, searchP95: 15, whileSyncingOverIdle: 2 },
    };
  });
}
