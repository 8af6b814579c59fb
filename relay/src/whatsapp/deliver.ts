import { serviceWindow, type Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import { findConversation, type ConversationRow } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { conversationsWaiting, findMessage, findWaitingMessage, type MessageRow } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { DeliverJob, Jobs } from '../jobs/jobs.ts';
import { describeError, type Logger } from '../logger.ts';
import type { RelaySettings } from '../settings.ts';
import { releaseHeld } from './apply/apply-item.ts';
import { acceptMessage, failMessage, moveMessage } from './apply/outgoing.ts';
import type { ApplyScope } from './apply/scope.ts';
import { openAccessToken } from './access-token.ts';
import { attemptsOf, beginAttempt, conversationsWithoutAnswer, endAttempt } from './attempts.ts';
import { retryRuleOf } from './graph-errors.ts';
import type { GraphClient, OutgoingText, SendResult } from './graph-client.ts';

/** Sends without an answer are repeated this often before a person has to decide. */
const UNKNOWN_RETRIES = 2;
/** An answer may take as long as the time-out; what is open longer than this has lost its process. */
const ANSWER_MARGIN_MS = 5_000;
const SWEEP_MS = 1_000;
const SWEEP_CONCURRENCY = 8;

/** Refusals of our own, beside Meta's codes. */
const Failure = {
  windowClosed: { code: 'window_closed', title: null },
  noRecipient: { code: 'no_recipient', title: null },
  numberNotConnected: { code: 'number_not_connected', title: null },
  noAnswer: { code: 'no_answer', title: null },
} as const;

interface DeliveryDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Jobs;
  graph: GraphClient;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
  settings: Pick<RelaySettings['whatsapp'], 'sendTimeoutMs' | 'unknownGraceMs'>;
}

/** What to do next in a conversation: nothing now, look again at once, or make this call. */
type Step =
  { kind: 'stop' } | { kind: 'again' } | { kind: 'send'; messageId: Id; attemptId: Id; text: OutgoingText };

export interface Delivery {
  /** Sends what waits in a conversation, oldest first, until nothing may leave any more. */
  deliver(job: DeliverJob): Promise<void>;
  /** Begins to look after sends that never had an answer. */
  start(): void;
  stop(): Promise<void>;
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { database, write, jobs, graph, secrets, clock, logger, settings } = deps;

  const scopeOf = (client: Client, clinicId: Id, numberId: string): ApplyScope => ({
    client,
    clinicId,
    numberId,
    now: clock.now(),
    // The loop that is running goes on to the next message by itself.
    enqueueDelivery: async () => {},
    enqueueReadReceipt: jobs.enqueueReadReceipt,
  });

  /** Whether the message may be tried now, judging by what was tried before. */
  async function mayBegin(scope: ApplyScope, message: MessageRow): Promise<'yes' | 'wait' | 'givenUp'> {
    const { client, clinicId, now } = scope;
    const { conversationId } = message;
    const attempts = await attemptsOf(client, clinicId, message.id);
    const last = attempts[0];
    if (!last) return 'yes';
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

  async function addressOf(client: Client, conversation: ConversationRow) {
    const { rows } = await client.query<{
      phone: string | null;
      user_id: string | null;
      token: Buffer | null;
    }>(
      `select phone, whatsapp_user_id as user_id, access_token as token
       from patients left join numbers
         on numbers.clinic_id = patients.clinic_id and phone_number_id = $3
       where patients.clinic_id = $1 and id = $2`,
      [conversation.clinicId, conversation.patientId, conversation.numberId],
    );
    return rows[0] ?? { phone: null, user_id: null, token: null };
  }

  /** Why the message cannot be sent at all any more, or the call to make. */
  async function prepare(scope: ApplyScope, message: MessageRow, conversation: ConversationRow) {
    const { client, clinicId, now } = scope;
    const isLate = message.notAfter !== null && now >= message.notAfter;
    if (isLate || serviceWindow(conversation, now).state !== 'open') return Failure.windowClosed;
    const { phone, user_id: userId, token } = await addressOf(client, conversation);
    if (phone === null && userId === null) return Failure.noRecipient;
    const accessToken = openAccessToken({ secrets, logger }, clinicId, token);
    if (accessToken === null) return Failure.numberNotConnected;
    const replyTo = message.replyTo === null ? null : await findMessage(client, clinicId, message.replyTo);
    const text: OutgoingText = {
      phoneNumberId: conversation.numberId,
      accessToken,
      phone,
      userId,
      text: message.text ?? '',
      replyTo: replyTo?.wamid ?? null,
      callbackData: message.id,
    };
    return text;
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
      const prepared = may === 'givenUp' ? Failure.noAnswer : await prepare(scope, message, conversation);
      if ('code' in prepared) {
        await failMessage(scope, message, prepared);
        return { kind: 'again' };
      }
      const attemptId = await beginAttempt(client, {
        clinicId,
        conversationId,
        messageId: message.id,
        now: scope.now,
      });
      return { kind: 'send', messageId: message.id, attemptId, text: prepared };
    });
  }

  async function settleRefusal(
    scope: ApplyScope,
    message: MessageRow,
    attemptId: Id,
    result: Extract<SendResult, { outcome: 'refused' }>,
  ): Promise<'again' | 'stop'> {
    const { client, clinicId, now } = scope;
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
      const scope = scopeOf(client, clinicId, step.text.phoneNumberId);
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

  async function deliver(job: DeliverJob): Promise<void> {
    for (;;) {
      const step = await nextStep(job);
      if (step.kind === 'stop') return;
      if (step.kind === 'again') continue;
      const started = performance.now();
      const result = await graph.sendText(step.text);
      logger.info('message sent to whatsapp', {
        clinicId: job.clinicId,
        messageId: step.messageId,
        status: result.outcome,
        durationMs: Math.round(performance.now() - started),
        ...(result.outcome === 'accepted' ? {} : { code: result.code }),
      });
      if ((await settle(job, step, result)) === 'stop') return;
    }
  }

  let timer: NodeJS.Timeout | null = null;
  let sweeping: Promise<void> = Promise.resolve();
  let leftovers: Promise<void> = Promise.resolve();
  let stopping = false;

  /** Finds sends whose process died, and those whose grace has passed without a word. */
  async function sweep(): Promise<void> {
    const now = clock.now();
    const forgotten = await conversationsWithoutAnswer(database, {
      openBefore: now - settings.sendTimeoutMs - ANSWER_MARGIN_MS,
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
      const next = () => {
        sweeping = sweep()
          .catch((error: unknown) => {
            logger.warn('looking for unanswered sends failed', describeError(error));
          })
          .then(() => {
            if (!stopping) timer = setTimeout(next, SWEEP_MS);
          });
      };
      next();
      leftovers = deliverLeftovers().catch((error: unknown) => {
        logger.warn('delivering leftovers failed', describeError(error));
      });
    },
    async stop() {
      stopping = true;
      if (timer) clearTimeout(timer);
      await sweeping;
      await leftovers;
    },
  };
}
