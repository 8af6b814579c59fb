/**
 * A new PC takes everything: the app's core over the real relay into its encrypted, searchable store, and in the same
 * run the hand-minimal reference (reference-sync.ts) over the same bytes.
 *
 * `ratio` is reference seconds / our seconds: 1 is as fast as the reference, 0.75 takes a third longer. `ours` waits for
 * the relay wherever the relay is slower than we are; `relayServingSeconds` says how long the relay takes for a client
 * that only writes the bytes down, and `engine` is the same engine on the recorded bytes, as the reference gets them.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoreProcess } from '../chaos/core-process.ts';
import { createRelayProcess } from '../e2e/support/relay-process.ts';
import { createTestDatabase, startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { createTestClinic, signIn, type TestAgent } from '../relay/sandbox/testing/relay.ts';
import type { InboxQuery } from '../src/shared/contract/index.ts';
import { fillClinic } from './fill-clinic.ts';
import { recordRelay, serveRecording } from './recording.ts';
import { runReference } from './reference-sync.ts';
import type { BenchOptions } from './run.ts';
import { say } from './statistics.ts';

const MESSAGES = 100_000;
const MESSAGES_PER_CONVERSATION = 50;
/** Nobody waits longer than this for a sync. */
const PATIENCE_MS = 1_800_000;
/** Nobody listens there: the clinic receives nothing while it is measured. */
const NO_GRAPH = 'http://127.0.0.1:3/v25.0';

const ALL: InboxQuery = {
  filter: 'all',
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: false,
  unansweredOnly: false,
  sort: 'newest',
};

const seconds = (milliseconds: number) => Math.round(milliseconds / 10) / 100;

interface Taken {
  seconds: number;
  /** From the start until the snapshot is in and a page of the list answers, milliseconds. */
  usableMs: number;
  peakMemoryMb: number;
}

/** Signs a new PC in and waits until it holds everything. */
async function takeEverything(url: string, agent: TestAgent, folder: string): Promise<Taken> {
  await mkdir(folder);
  const core = await startCoreProcess({ folder, isHurried: false });
  const startedAt = performance.now();
  const reply = await core.call('session.signIn', {
    relayUrl: url,
    email: agent.email,
    password: agent.password,
  });
  if (!reply?.ok) throw new Error(`signing in answered ${reply?.error.code ?? 'nothing'}`);
  await core.until(
    'the snapshot',
    () => {
      const phase = core.state()?.sync.phase;
      return phase === 'catchingUp' || phase === 'live';
    },
    PATIENCE_MS,
  );
  const page = await core.call('inbox.page', { query: ALL, before: null, limit: 60 });
  if (!page?.ok || page.data.rows.length === 0) throw new Error('the list is empty after the snapshot');
  const usableMs = Math.round(performance.now() - startedAt);
  await core.until('the history', () => core.state()?.sync.isHistoryComplete, PATIENCE_MS);
  const took = performance.now() - startedAt;
  const peakMemoryMb = await core.peakMemory();
  await core.close();
  return { seconds: seconds(took), usableMs, peakMemoryMb };
}

export async function run({ messages: wanted, conversations: asked }: BenchOptions): Promise<object> {
  const messages = wanted ?? MESSAGES;
  const conversations = asked ?? Math.max(1, Math.round(messages / MESSAGES_PER_CONVERSATION));
  const folder = await mkdtemp(join(tmpdir(), 'recado-sync-'));
  const { stop, ...server } = await startDatabaseServer();
  const testDatabase = await createTestDatabase(server);
  const clinic = await createTestClinic(testDatabase.url, { agentNames: ['Marta', 'David'] });
  const relay = await createRelayProcess({
    databaseUrl: testDatabase.url,
    graphUrl: NO_GRAPH,
    mediaFolder: join(folder, 'media'),
  });
  const [agent] = clinic.agents as [TestAgent, ...TestAgent[]];
  try {
    await fillClinic(
      {
        ...{ databaseUrl: testDatabase.url, clinicId: clinic.id, agents: clinic.agents },
        numberId: clinic.number.phoneNumberId,
      },
      { conversations, messages },
    );
    await relay.start();

    say('our engine, from the relay');
    const ours = await takeEverything(relay.url, agent, join(folder, 'ours'));
    say(`${JSON.stringify(ours)}; writing down what the relay says`);
    const recording = await recordRelay(relay.url, await signIn(relay.url, agent), folder);
    await relay.kill();
    const bare = await serveRecording(recording);
    say(`${recording.answers.size} answers, ${recording.bytes} bytes; our engine, from the recording`);
    const engine = await takeEverything(bare.url, agent, join(folder, 'engine'));
    say(`${JSON.stringify(engine)}; the reference`);
    const reference = await runReference(bare.url, folder);
    await bare.close();
    // The relay may have added lines of its own: sessions of a bot that were over by now.
    if (reference.messages < messages) throw new Error(`the reference holds ${reference.messages} messages`);
    const ratio = (taken: Taken) => Math.round((reference.seconds / taken.seconds) * 100) / 100;
    return {
      messages,
      conversations,
      ours,
      engine: { ...engine, ratio: ratio(engine) },
      reference: { seconds: seconds(reference.seconds * 1_000) },
      relayServingSeconds: seconds(recording.seconds * 1_000),
      compressedBytes: recording.bytes,
      ratio: ratio(ours),
      aim: { ratio: 0.75, usableMs: 3_000 },
    };
  } finally {
    await relay.kill();
    await testDatabase.drop();
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
}
