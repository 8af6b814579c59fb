/**
 * Brings this PC's files to the relay. The relay says how much of a file it has, so that a cut, a restart or a crash costs
 * the piece that was travelling and no more; a file the clinic has already is there at once.
 */
import type { MediaAnnouncement, OutgoingMedia } from '@recado/protocol';
import type { TransferView } from '../../shared/contract/index.ts';
import type { Scheduler } from '../lib/time.ts';
import type { Outcome, RelayClient, RelayFailure } from '../relay/interface.ts';
import type { Store } from '../store/interface.ts';
import type { FileStore, OpenFile, Uploader } from './interface.ts';

/** How often the relay and this PC may disagree about how far it is before that is taken for a fault. */
const MOST_DISAGREEMENTS = 5;
/** The window hears of progress at most this often, milliseconds. */
const TELL_EVERY_MS = 200;

interface Running {
  outcome: Promise<Outcome<null>>;
  waiting: number;
  abort(): void;
}

const failed = (failure: RelayFailure): Outcome<never> => ({ ok: false, failure });
const missing = failed({ kind: 'refused', status: 404, code: 'media_not_found' });
/** The relay has another number of bytes, or has forgotten the announcement: to be announced again. */
const isDisagreement = (failure: RelayFailure) =>
  failure.kind === 'refused' && (failure.status === 409 || failure.status === 404);

function toAnnouncement(media: OutgoingMedia): MediaAnnouncement {
  const { mediaId: id, fileName, mimeType, sizeBytes, sha256, voice } = media;
  return { id, fileName, mimeType, sizeBytes, sha256, voice };
}

export function createUploader(deps: {
  store: {
    read: Pick<Store['read'], 'localFile'>;
    write: Pick<Store['write'], 'markUploaded'>;
  };
  relay: Pick<RelayClient, 'announceMedia' | 'uploadMedia'>;
  files: Pick<FileStore, 'open'>;
  scheduler: Scheduler;
  /** How far everything under way is; also when something has ended. */
  onTransfers: (transfers: TransferView[]) => void;
}): Uploader {
  const { store, relay, files } = deps;
  const transfers = new Map<string, TransferView>();
  /** One upload of a file at a time, however many messages wait for it. */
  const running = new Map<string, { outcome: Promise<Outcome<null>>; waiting: number; abort: () => void }>();
  let isTelling = false;

  function tell() {
    if (isTelling) return;
    isTelling = true;
    deps.scheduler.after(TELL_EVERY_MS, () => {
      isTelling = false;
      deps.onTransfers([...transfers.values()]);
    });
  }

  function setProgress({ mediaId, sizeBytes }: OutgoingMedia, sentBytes: number) {
    transfers.set(mediaId, { fileId: mediaId, messageId: null, sentBytes, sizeBytes });
    tell();
  }

  async function bring(
    media: OutgoingMedia,
    file: OpenFile | null,
    signal: AbortSignal,
  ): Promise<Outcome<null>> {
    for (let turn = 0; turn < MOST_DISAGREEMENTS; turn += 1) {
      const announced = await relay.announceMedia({ media: toAnnouncement(media), signal });
      if (!announced.ok) return announced;
      const { received, complete } = announced.value;
      if (complete) return { ok: true, value: null };
      if (file === null || file.sizeBytes !== media.sizeBytes) return missing;
      setProgress(media, received);
      const brought = await relay.uploadMedia({
        mediaId: media.mediaId,
        offset: received,
        bytes: file.read(received, media.sizeBytes),
        signal,
        onProgress: (sentBytes) => {
          setProgress(media, sentBytes);
        },
      });
      if (brought.ok && brought.value.complete) return { ok: true, value: null };
      if (!brought.ok && !isDisagreement(brought.failure)) return brought;
    }
    return failed({ kind: 'invalidResponse' });
  }

  async function upload(media: OutgoingMedia, signal: AbortSignal): Promise<Outcome<null>> {
    const { mediaId } = media;
    const held = await store.read.localFile({ fileId: mediaId });
    if (held?.isUploaded === true) return { ok: true, value: null };
    const file = await files.open(mediaId);
    try {
      const outcome = await bring(media, file, signal);
      if (outcome.ok && held !== null) await store.write.markUploaded({ fileId: mediaId });
      return outcome;
    } finally {
      await file?.close();
      if (transfers.delete(mediaId)) tell();
    }
  }

  /** Waits with the others for a file; the last one to give up ends its upload. */
  async function waitFor(media: OutgoingMedia, signal: AbortSignal): Promise<Outcome<null>> {
    const { mediaId } = media;
    let mine = running.get(mediaId);
    if (mine === undefined) {
      const controller = new AbortController();
      const end = () => {
        if (running.get(mediaId) === begun) running.delete(mediaId);
      };
      const begun: Running = {
        outcome: upload(media, controller.signal).finally(end),
        waiting: 0,
        abort() {
          // Whoever asks from now on begins anew, and does not join what is ending.
          end();
          controller.abort();
        },
      };
      mine = begun;
      running.set(mediaId, begun);
    }
    const joined = mine;
    joined.waiting += 1;
    let leave: () => void = () => undefined;
    const left = new Promise<null>((resolve) => {
      leave = () => {
        resolve(null);
      };
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      const first = await Promise.race([joined.outcome, left]);
      if (first !== null) return first;
      joined.waiting -= 1;
      // Its end is awaited, so that nothing of it is under way when the caller goes on.
      if (joined.waiting === 0) {
        joined.abort();
        await joined.outcome.catch(() => undefined);
      }
      return failed({ kind: 'aborted' });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  return {
    async ensureUploaded(media, signal) {
      for (const each of media) {
        if (signal.aborted) return failed({ kind: 'aborted' });
        const outcome = await waitFor(each, signal);
        if (!outcome.ok) return outcome;
      }
      return { ok: true, value: null };
    },
    transfers: () => [...transfers.values()],
  };
}
