import type { Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import { findConversation } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { conversationsWaiting, findMessage, findWaitingMessage, type MessageRow } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { DeliverJob, Jobs } from '../jobs/jobs.ts';
import { describeError, type Logger } from '../logger.ts';
import type { MediaFiles } from '../media/files.ts';
import { findMedia } from '../media/media.ts';
import type { RelaySettings } from '../settings.ts';
import { releaseHeld } from './apply/apply-item.ts';
import { acceptMessage, failMessage, moveMessage } from './apply/outgoing.ts';
import type { ApplyScope } from './apply/scope.ts';
import { attemptsOf, beginAttempt, conversationsWithoutAnswer, endAttempt } from './attempts.ts';
import { LONGEST_UPLOAD_MS, type FileResult, type GraphClient, type SendResult } from './graph-client.ts';
import { errorRuleOf, MEDIA_CODES, retryRuleOf } from './graph-errors.ts';
import { findGraphMedia, forgetGraphMedia, saveGraphMedia } from './graph-media.ts';
import { Failure, prepare, type Prepared } from './prepare.ts';
import { repeat } from '../jobs/repeat.ts';

/** Sends without an answer are repeated this often before a person has to decide. */
const UNKNOWN_RETRIES = 2;
/** An answer may take as long as the time-out; what is open longer than this has lost its process. */
const ANSWER_MARGIN_MS = 5_000;
const SWEEP_MS = 1_000;
const SWEEP_CONCURRENCY = 8;

interface DeliveryDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Jobs;
  graph: GraphClient;
  files: MediaFiles;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
  settings: Pick<RelaySettings['whatsapp'], 'sendTimeoutMs' | 'unknownGraceMs'>;
}

/** What to do next in a conversation: nothing now, look again at once, or make this call. */
type Call = Exclude<Prepared, { kind: 'failure' }> & { messageId: Id; attemptId: Id };
type Step = { kind: 'stop' } | { kind: 'again' } | Call;

export interface Delivery {
  /** Sends what waits in a conversation, oldest first, until nothing may leave any more. */
  deliver(job: DeliverJob): Promise<void>;
  /** Begins to look after sends that never had an answer. */
  start(): void;
  stop(): Promise<void>;
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { database, write, jobs, graph, files, clock, logger, settings } = deps;

  const scopeOf = (client: Client, clinicId: Id, numberId: string): ApplyScope => ({
    client,
    clinicId,
    numberId,
    now: clock.now(),
    // The loop that is running goes on to the next message by itself.
    enqueueDelivery: async () => {},
    enqueueReadReceipt: jobs.enqueueReadReceipt,
    enqueueMediaFetch: jobs.enqueueMediaFetch,
  });

  /** Whether the message may be tried now, judging by what was tried before. */
  async function mayBegin(scope: ApplyScope, message: MessageRow): Promise<'yes' | 'wait' | 'givenUp'> {
    const { client, clinicId, now } = scope;
    const { conversationId } = message;
    const attempts = await attemptsOf(client, clinicId, message.id);
    const last = attempts[0];
    if (!last) return 'yes';
    // Meta has the file now.
    if (last.outcome === 'accepted') return 'yes';
    if (last.outcome === null && last.kind === 'upload') {
      if (now < last.startedAt + LONGEST_UPLOAD_MS + ANSWER_MARGIN_MS) return 'wait';
      // Its process is gone; whether the file arrived does not matter.
      await endAttempt(client, { clinicId, id: last.id, outcome: 'retry', code: 'interrupted', now });
      return 'yes';
    }
    if (last.outcome === null) {
      if (now < last.startedAt + settings.sendTimeoutMs + ANSWER_MARGIN_MS) return 'wait';
      // Its process is gone. The call may have gone through: a status may still tell.
      await endAttempt(client, { clinicId, id: last.id, outcome: 'unknown', code: 'interrupted', now });
      await moveMessage(scope, message, { status: 'unknown' });
      return 'wait';
    }
    if (last.outcome === 'unknown') {
      if (now < (last.endedAt ?? now) + settings.unknownGraceMs) return 'wait';
      const unknowns = attempts.filter(({ outcome }) => outcome === 'unknown').length;
      return unknowns > UNKNOWN_RETRIES ? 'givenUp' : 'yes';
    }
    const retries = attempts.filter(({ outcome }) => outcome === 'retry').length;
    const waitMs = (last.endedAt ?? now) + (retryRuleOf(last.code ?? '')?.waitMs(retries - 1) ?? 0) - now;
    if (waitMs <= 0) return 'yes';
    // Woken early, by another message or by a clock that differs: the job that brought us here is used up.
    await jobs.enqueueDelivery(client, { clinicId, conversationId }, new Date(Date.now() + waitMs));
    return 'wait';
  }

  /** Under the clinic's lock: only one process can begin a call for a conversation, and only for its oldest message. */
  function nextStep({ clinicId, conversationId }: DeliverJob): Promise<Step> {
    return write(clinicId, async (client): Promise<Step> => {
      const message = await findWaitingMessage(client, clinicId, conversationId);
      const conversation = message && (await findConversation(client, clinicId, conversationId));
      if (!message || !conversation) return { kind: 'stop' };
      const scope = scopeOf(client, clinicId, conversation.numberId);
      const may = await mayBegin(scope, message);
      if (may === 'wait') return { kind: 'stop' };
      if (conversation.spam) {
        await moveMessage(scope, message, { status: 'cancelled' });
        return { kind: 'again' };
      }
      const prepared: Prepared =
        may === 'givenUp'
          ? { kind: 'failure', failure: Failure.noAnswer }
          : await prepare(deps, scope, message, conversation);
      if (prepared.kind === 'failure') {
        await failMessage(scope, message, prepared.failure);
        return { kind: 'again' };
      }
      const attemptId = await beginAttempt(client, {
        clinicId,
        conversationId,
        messageId: message.id,
        kind: prepared.kind,
        now: scope.now,
      });
      return { ...prepared, messageId: message.id, attemptId };
    });
  }

  /** Meta may have lost a file before its thirty days are over: once for each message, it is uploaded again. */
  async function forgetLostFile(scope: ApplyScope, message: MessageRow, code: string): Promise<boolean> {
    const { client, clinicId, numberId, now } = scope;
    const mediaId = message.content.media?.id ?? null;
    if (mediaId === null || !MEDIA_CODES.has(code)) return false;
    const media = await findMedia(client, clinicId, mediaId);
    const known = media && (await findGraphMedia(client, { clinicId, numberId, media }, now));
    if (!media || !known || known.uploadedFor === message.id) return false;
    await forgetGraphMedia(client, { clinicId, numberId, media });
    return true;
  }

  async function settleRefusal(
    scope: ApplyScope,
    message: MessageRow,
    attemptId: Id,
    result: Extract<SendResult, { outcome: 'refused' }>,
  ): Promise<'again' | 'stop'> {
    const { client, clinicId, now } = scope;
    if (await forgetLostFile(scope, message, result.code)) {
      await endAttempt(client, { clinicId, id: attemptId, outcome: 'retry', code: 'file_lost', now });
      if (message.status !== 'queued') await moveMessage(scope, message, { status: 'queued' });
      return 'again';
    }
    if (errorRuleOf(result.code).alert) {
      logger.error('whatsapp needs an administrator', { clinicId, code: result.code });
    }
    const attempts = await attemptsOf(client, clinicId, message.id);
    const retriesSoFar = attempts.filter(({ outcome }) => outcome === 'retry').length;
    if (result.retry === null || retriesSoFar >= result.retry.retries) {
      await failMessage(scope, message, result);
      return 'again';
    }
    await endAttempt(client, { clinicId, id: attemptId, outcome: 'retry', code: result.code, now });
    if (message.status !== 'queued') await moveMessage(scope, message, { status: 'queued' });
    const startAfter = new Date(Date.now() + result.retry.waitMs(retriesSoFar));
    await jobs.enqueueDelivery(client, { clinicId, conversationId: message.conversationId }, startAfter);
    return 'stop';
  }

  function settle(
    job: DeliverJob,
    step: Extract<Step, { kind: 'send' }>,
    result: SendResult,
  ): Promise<'again' | 'stop'> {
    const { clinicId } = job;
    return write(clinicId, async (client) => {
      const scope = scopeOf(client, clinicId, step.message.phoneNumberId);
      const { now } = scope;
      const message = await findMessage(client, clinicId, step.messageId);
      // A status that named the message's id may have been quicker than the answer.
      if (!message || message.acceptedAt !== null) return 'again';
      if (result.outcome === 'accepted') {
        await acceptMessage(scope, message, { wamid: result.wamid, at: now, status: 'sent' });
        await releaseHeld(scope, result.wamid);
        return 'again';
      }
      if (message.status !== 'queued' && message.status !== 'unknown') return 'again';
      if (result.outcome === 'refused') return settleRefusal(scope, message, step.attemptId, result);
      await endAttempt(client, {
        clinicId,
        id: step.attemptId,
        outcome: 'unknown',
        code: result.code,
        now,
      });
      await moveMessage(scope, message, { status: 'unknown' });
      return 'stop';
    });
  }

  /** Notes what became of an upload; a message that was taken back meanwhile is none of its business. */
  function settleUpload(
    job: DeliverJob,
    step: Extract<Step, { kind: 'upload' }>,
    result: FileResult<{ graphId: string }>,
  ): Promise<'again' | 'stop'> {
    const { clinicId } = job;
    const { phoneNumberId: numberId } = step.sender;
    return write(clinicId, async (client) => {
      const scope = scopeOf(client, clinicId, numberId);
      const { now } = scope;
      if (result.outcome === 'done') {
        const key = { clinicId, numberId, media: step.media };
        await saveGraphMedia(client, key, { graphId: result.graphId, uploadedFor: step.messageId, now });
        await endAttempt(client, { clinicId, id: step.attemptId, outcome: 'accepted', code: null, now });
        return 'again';
      }
      const message = await findMessage(client, clinicId, step.messageId);
      if (message?.status !== 'queued') {
        await endAttempt(client, { clinicId, id: step.attemptId, outcome: 'retry', code: result.code, now });
        return 'again';
      }
      // Nothing has been sent: unlike a send, an upload without an answer may simply be repeated.
      const refusal =
        result.outcome === 'refused'
          ? result
          : {
              outcome: 'refused' as const,
              code: result.code,
              title: null,
              retry: retryRuleOf('upload_without_answer'),
            };
      return settleRefusal(scope, message, step.attemptId, refusal);
    });
  }

  async function call(job: DeliverJob, step: Call): Promise<'again' | 'stop'> {
    const started = performance.now();
    const told = (event: string, result: SendResult | FileResult<{ graphId: string }>) => {
      logger.info(event, {
        clinicId: job.clinicId,
        messageId: step.messageId,
        status: result.outcome,
        durationMs: Math.round(performance.now() - started),
        ...('code' in result ? { code: result.code } : {}),
      });
    };
    if (step.kind === 'send') {
      const result = await graph.sendMessage(step.message);
      told('message sent to whatsapp', result);
      return settle(job, step, result);
    }
    const bytes = files.read(job.clinicId, step.media.sha256);
    const result = await graph.uploadMedia(step.sender, { ...step.media, bytes });
    bytes.destroy();
    told('file given to whatsapp', result);
    return settleUpload(job, step, result);
  }

  async function deliver(job: DeliverJob): Promise<void> {
    for (;;) {
      const step = await nextStep(job);
      if (step.kind === 'stop') return;
      if (step.kind === 'again') continue;
      if ((await call(job, step)) === 'stop') return;
    }
  }

  let stopSweeping: (() => Promise<void>) | null = null;
  let leftovers: Promise<void> = Promise.resolve();
  let stopping = false;

  /** Finds sends whose process died, and those whose grace has passed without a word. */
  async function sweep(): Promise<void> {
    const now = clock.now();
    const forgotten = await conversationsWithoutAnswer(database, {
      openBefore: now - settings.sendTimeoutMs - ANSWER_MARGIN_MS,
      uploadingBefore: now - LONGEST_UPLOAD_MS - ANSWER_MARGIN_MS,
      unknownBefore: now - settings.unknownGraceMs,
    });
    for (let next = 0; next < forgotten.length; next += SWEEP_CONCURRENCY) {
      await Promise.all(forgotten.slice(next, next + SWEEP_CONCURRENCY).map(deliver));
    }
  }

  /**
   * What was queued when a process died: its job would come back only when it expires. Clinic by clinic, since nothing
   * but a clinic's own scope may read its messages.
   */
  async function deliverLeftovers(): Promise<void> {
    const { rows } = await database.asSystem((client) =>
      client.query<{ clinic_id: Id }>('select clinic_id from clinics'),
    );
    for (const { clinic_id: clinicId } of rows) {
      if (stopping) return;
      const waiting = await database.inClinic(clinicId, (client) => conversationsWaiting(client, clinicId));
      for (const conversationId of waiting) await deliver({ clinicId, conversationId });
    }
  }

  return {
    deliver,
    start() {
      stopSweeping = repeat({
        work: sweep,
        everyMs: SWEEP_MS,
        failure: 'looking for unanswered sends failed',
        logger,
      });
      leftovers = deliverLeftovers().catch((error: unknown) => {
        logger.warn('delivering leftovers failed', describeError(error));
      });
    },
    async stop() {
      stopping = true;
      await stopSweeping?.();
      await leftovers;
    },
  };
}
