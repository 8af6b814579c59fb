import { DAY, newId, toTimestamp, type Id, type MessageContent } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { findMessage, updateMessage } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Jobs, MediaFetchJob } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import { openAccessToken } from '../whatsapp/access-token.ts';
import type { ApplyScope } from '../whatsapp/apply/scope.ts';
import type { GraphClient } from '../whatsapp/graph-client.ts';
import type { InboundFile } from '../whatsapp/inbound/items.ts';
import { fitsType } from './file-types.ts';
import { TooManyBytesError, type Inspection, type MediaFiles } from './files.ts';
import { measure } from './measure.ts';
import { insertMedia } from './media.ts';

/** The largest file a patient can send. */
const LARGEST_BYTES = 100 * 1024 * 1024;
/** Meta forgets files after seven days. */
const KEPT_MS = 7 * DAY;
/** Addresses live five minutes. */
const URL_LIFE_MS = 4 * 60_000;
/** Bytes that differ from their hash this often will not get better. */
const WRONG_BYTES_LIMIT = 3;
const MOST_WAIT_MS = 30 * 60_000;

/** Notes a patient's file, to be fetched as soon as the message is committed. */
export async function announceFile(
  scope: ApplyScope,
  messageId: Id,
  file: InboundFile | undefined,
): Promise<void> {
  if (!file) return;
  const { client, clinicId, numberId, now } = scope;
  await client.query(
    `insert into media_fetches (clinic_id, message_id, number_id, graph_id, sha256, url, announced_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [clinicId, messageId, numberId, file.graphId, file.sha256, file.url, toTimestamp(now)],
  );
  await scope.enqueueMediaFetch(client, { clinicId, messageId });
}

/** Why a file never comes, as `content.media.failure` says it. */
type Loss = 'too_large' | 'expired' | 'refused';
type Fetched =
  | { outcome: 'kept'; mediaId: Id; found: Inspection }
  | { outcome: 'lost'; loss: Loss; code: string }
  | { outcome: 'later'; code: string };

interface Task {
  numberId: string;
  graphId: string;
  sha256: string | null;
  url: string | null;
  announcedAt: number;
  attempts: number;
  token: Buffer | null;
}

/** Whether an address may be given the access token: a signed webhook can still be a forgery once a secret leaks. */
export function isTrustedHost(
  url: string,
  trusted: { graphUrl: string; mediaHosts: readonly string[] },
): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (origin === new URL(trusted.graphUrl).origin) return true;
  if (protocol !== 'https:') return false;
  return trusted.mediaHosts.some((host) =>
    host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host,
  );
}

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'video/mp4': 'mp4',
  'application/pdf': 'pdf',
};

/** What a file without a name is saved as. */
function nameOf(media: NonNullable<MessageContent['media']>): string {
  if (media.fileName !== null) return media.fileName.slice(0, 240);
  const ending = ENDINGS[media.mimeType.split(';')[0] ?? ''];
  return ending === undefined ? 'whatsapp' : `whatsapp.${ending}`;
}

interface InboundFilesDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Pick<Jobs, 'enqueueMediaFetch'>;
  graph: GraphClient;
  files: MediaFiles;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
  trusted: { graphUrl: string; mediaHosts: readonly string[] };
}

/** Brings patients' files to the relay before Meta forgets them. */
export function createInboundFiles(deps: InboundFilesDeps) {
  const { database, write, jobs, graph, files, clock, logger } = deps;

  async function readTask({ clinicId, messageId }: MediaFetchJob): Promise<Task | null> {
    const { rows } = await database.inClinic(clinicId, (client) =>
      client.query<Task>(
        `select number_id as "numberId", graph_id as "graphId", sha256, url, announced_at as "announcedAt",
           attempts, access_token as token
         from media_fetches left join numbers
           on numbers.clinic_id = media_fetches.clinic_id and phone_number_id = number_id
         where media_fetches.clinic_id = $1 and message_id = $2`,
        [clinicId, messageId],
      ),
    );
    return rows[0] ?? null;
  }

  const lost = (loss: Loss, code: string): Fetched => ({ outcome: 'lost', loss, code });
  const later = (code: string): Fetched => ({ outcome: 'later', code });

  /** Puts what an address gives into the store, if it is what was announced. */
  async function download(
    job: MediaFetchJob,
    task: Task,
    accessToken: string,
    url: string,
  ): Promise<Fetched> {
    if (!isTrustedHost(url, deps.trusted)) return lost('refused', 'host_not_trusted');
    const answer = await graph.downloadMedia(accessToken, url);
    if (answer.outcome !== 'done') return later(answer.code);
    if ((answer.sizeBytes ?? 0) > LARGEST_BYTES) return lost('too_large', 'too_large');
    const upload = { clinicId: job.clinicId, id: job.messageId };
    await files.discard(upload);
    try {
      await files.write(upload, { offset: 0, bytes: answer.bytes, most: LARGEST_BYTES });
    } catch (error) {
      if (error instanceof TooManyBytesError) return lost('too_large', 'too_large');
      return later(error instanceof Error ? error.name : 'unknown');
    }
    const found = await files.inspect(upload);
    if (!found || found.sizeBytes === 0 || (task.sha256 !== null && task.sha256 !== found.sha256)) {
      return task.attempts + 1 >= WRONG_BYTES_LIMIT ? lost('refused', 'wrong_bytes') : later('wrong_bytes');
    }
    await files.keep(upload, found.sha256);
    return { outcome: 'kept', mediaId: newId(), found };
  }

  async function fetchOnce(job: MediaFetchJob, task: Task): Promise<Fetched> {
    const accessToken = openAccessToken(deps, job.clinicId, task.token);
    if (accessToken === null) return later('number_not_connected');
    if (task.url !== null && task.attempts === 0 && clock.now() < task.announcedAt + URL_LIFE_MS) {
      const direct = await download(job, task, accessToken, task.url);
      if (direct.outcome === 'kept' || (direct.outcome === 'lost' && direct.loss === 'too_large'))
        return direct;
    }
    const sender = { phoneNumberId: task.numberId, accessToken };
    const answer = await graph.findMediaUrl(sender, task.graphId);
    if (answer.outcome === 'refused') {
      // The object does not exist (any more); or the patient's file could not be had even by Meta.
      if (answer.code === '100') return lost('expired', answer.code);
      if (answer.code === '131052') return lost('refused', answer.code);
    }
    if (answer.outcome !== 'done') return later(answer.code);
    if ((answer.sizeBytes ?? 0) > LARGEST_BYTES) return lost('too_large', 'too_large');
    return download(job, task, accessToken, answer.url);
  }

  /** What the message says of its file from now on. */
  function describe(media: NonNullable<MessageContent['media']>, fetched: Fetched) {
    if (fetched.outcome === 'later') return media;
    if (fetched.outcome === 'lost') return { ...media, failure: fetched.loss };
    const { mediaId: id, found } = fetched;
    const { sha256, sizeBytes, head } = found;
    // Whoever calls a program a picture gets it shown as a file.
    const mimeType = fitsType(media.mimeType, head) ? media.mimeType : 'application/octet-stream';
    return { ...media, id, sha256, sizeBytes, mimeType, ...measure(found), failure: null };
  }

  function settle(job: MediaFetchJob, task: Task, fetched: Fetched): Promise<void> {
    const { clinicId, messageId } = job;
    return write(clinicId, async (client) => {
      const now = clock.now();
      if (fetched.outcome === 'later') {
        await client.query(
          'update media_fetches set attempts = attempts + 1 where clinic_id = $1 and message_id = $2',
          [clinicId, messageId],
        );
        const waitMs = Math.min(2_000 * 2 ** task.attempts, MOST_WAIT_MS);
        await jobs.enqueueMediaFetch(client, job, new Date(Date.now() + waitMs));
        return;
      }
      const { rowCount } = await client.query(
        'delete from media_fetches where clinic_id = $1 and message_id = $2',
        [clinicId, messageId],
      );
      const message = await findMessage(client, clinicId, messageId);
      const media = message?.content.media;
      // Another process may have been quicker.
      if (!rowCount || !message || !media) return;
      const described = describe(media, fetched);
      if (fetched.outcome === 'kept') {
        const { sizeBytes, sha256 } = fetched.found;
        await insertMedia(client, clinicId, {
          id: fetched.mediaId,
          fileName: nameOf(media),
          mimeType: described.mimeType,
          sizeBytes,
          sha256,
          createdAt: now,
          completedAt: now,
        });
      }
      await updateMessage(client, clinicId, messageId, { content: { ...message.content, media: described } });
    });
  }

  async function fetchMedia(job: MediaFetchJob): Promise<void> {
    const task = await readTask(job);
    if (!task) return;
    const started = performance.now();
    const tried = await fetchOnce(job, task);
    const isOver = tried.outcome === 'later' && clock.now() > task.announcedAt + KEPT_MS;
    const fetched = isOver ? lost('expired', tried.code) : tried;
    if (fetched.outcome !== 'kept') await files.discard({ clinicId: job.clinicId, id: job.messageId });
    await settle(job, task, fetched);
    logger[fetched.outcome === 'lost' ? 'warn' : 'info']('file of a patient', {
      clinicId: job.clinicId,
      messageId: job.messageId,
      status: fetched.outcome,
      durationMs: Math.round(performance.now() - started),
      ...('code' in fetched ? { code: fetched.code } : { count: fetched.found.sizeBytes }),
    });
  }

  return {
    fetchMedia,
    /** Asks again for what was announced before the start: its job may be gone with its process. */
    async resume(): Promise<void> {
      const { rows } = await database.asSystem((client) =>
        client.query<MediaFetchJob>(
          'select clinic_id as "clinicId", message_id as "messageId" from media_fetches',
        ),
      );
      for (const job of rows) {
        await database.inClinic(job.clinicId, (client) => jobs.enqueueMediaFetch(client, job));
      }
    },
  };
}
