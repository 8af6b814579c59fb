/** Received files, brought from the relay when somebody looks at them and kept encrypted, so that they are there offline. */
import { createHash, type Hash } from 'node:crypto';
import type { RelayClient, RelayFailure } from '../relay/interface.ts';
import type { Store } from '../store/interface.ts';
import type { FileStore, FileWriter, MediaCache, MediaFailure } from './interface.ts';

/** After a cut it is tried again at once, as long as each time brings something. */
const MOST_ATTEMPTS = 4;

type Facts = NonNullable<Awaited<ReturnType<Store['read']['mediaFacts']>>>;

const isDiskFull = (error: unknown) =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');

function reasonOf(failure: RelayFailure): MediaFailure {
  // Announced and not there yet (`media_not_ready`) is the same to who looks: later.
  return failure.kind === 'refused' && failure.status === 404 ? 'not_found' : 'offline';
}

export function createMediaCache(deps: {
  store: { read: Pick<Store['read'], 'mediaFacts' | 'localFile'> };
  relay: Pick<RelayClient, 'downloadMedia'>;
  files: Pick<FileStore, 'open' | 'has' | 'create' | 'resume'>;
}): MediaCache {
  const { store, relay, files } = deps;
  const stopped = new AbortController();
  /** One download of a file at a time, however many ask for it. */
  const running = new Map<string, Promise<MediaFailure | null>>();

  async function begin(mediaId: string): Promise<{ writer: FileWriter; hash: Hash }> {
    const hash = createHash('sha256');
    const writer = await files.resume(mediaId, (bytes) => {
      hash.update(bytes);
    });
    if (writer !== null) return { writer, hash };
    return { writer: await files.create(mediaId, 'cache'), hash: createHash('sha256') };
  }

  const factsOf = async (mediaId: string): Promise<Facts | null> => {
    const named = await store.read.mediaFacts({ mediaId });
    if (named !== null) return named;
    const local = await store.read.localFile({ fileId: mediaId });
    return (
      local && {
        mimeType: local.mimeType,
        fileName: local.fileName,
        sizeBytes: local.sizeBytes,
        sha256: local.media?.sha256 ?? null,
      }
    );
  };

  /** One request; answers what became of it and how many bytes are there. */
  async function bring(mediaId: string, facts: Facts) {
    let { writer, hash } = await begin(mediaId);
    const before = writer.size();
    try {
      const outcome = await relay.downloadMedia({
        mediaId,
        offset: before,
        signal: stopped.signal,
        async onStart({ offset }) {
          if (offset === writer.size()) return;
          // The whole of it, although the rest was asked for.
          await writer.discard();
          writer = await files.create(mediaId, 'cache');
          hash = createHash('sha256');
        },
        async onBytes(bytes) {
          await writer.append(bytes);
          hash.update(bytes);
        },
      });
      const size = writer.size();
      if (!outcome.ok) {
        await writer.stop();
        return { result: reasonOf(outcome.failure), hasGrown: size > before };
      }
      const isRight =
        (facts.sizeBytes === null || facts.sizeBytes === size) &&
        (facts.sha256 === null || facts.sha256 === hash.digest('hex'));
      if (!isRight) {
        await writer.discard();
        return { result: 'offline' as const, hasGrown: false };
      }
      await writer.finish();
      return { result: null, hasGrown: true };
    } catch (error) {
      await writer.discard();
      if (isDiskFull(error)) return { result: 'disk_full' as const, hasGrown: false };
      throw error;
    }
  }

  async function download(mediaId: string): Promise<MediaFailure | null> {
    const facts = await factsOf(mediaId);
    // Only what a message or a saved text shows may be asked for.
    if (facts === null) return 'not_found';
    let result: MediaFailure | null = 'offline';
    for (let attempt = 0; attempt < MOST_ATTEMPTS && !stopped.signal.aborted; attempt += 1) {
      const brought = await bring(mediaId, facts);
      ({ result } = brought);
      if (result !== 'offline' || !brought.hasGrown) return result;
    }
    return result;
  }

  async function fetchOnce(mediaId: string): Promise<MediaFailure | null> {
    if (await files.has(mediaId)) return null;
    let mine = running.get(mediaId);
    if (mine === undefined) {
      mine = download(mediaId).finally(() => {
        running.delete(mediaId);
      });
      running.set(mediaId, mine);
    }
    return mine;
  }

  return {
    fetch: fetchOnce,

    async open(mediaId) {
      let file = await files.open(mediaId);
      if (file === null) {
        const failure = await fetchOnce(mediaId);
        if (failure !== null) return { ok: false, reason: failure };
        file = await files.open(mediaId);
        if (file === null) return { ok: false, reason: 'offline' };
      }
      const facts = await factsOf(mediaId);
      const { mimeType, fileName } = facts ?? { mimeType: 'application/octet-stream', fileName: null };
      return { ok: true, mimeType, fileName, file };
    },

    async close() {
      stopped.abort();
      await Promise.all([...running.values()].map((each) => each.catch(() => undefined)));
    },
  };
}
