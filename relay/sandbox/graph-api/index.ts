import Fastify from 'fastify';
import { controlRoutes } from './control-routes.ts';
import type { UserName, WhatsappUser } from './directory.ts';
import { createFaults, type Faults } from './faults.ts';
import { graphRoutes } from './graph-routes.ts';
import { createInbound, type PatientAction, type PatientMessage, type PatientReaction } from './inbound.ts';
import { createMediaStore } from './media.ts';
import type { ErrorDelivery } from './outbound.ts';
import { createRateLimits, META_RATE_LIMITS, type RateLimitOptions } from './rate-limits.ts';
import { createScheduler } from './scheduler.ts';
import { createStatuses, DEFAULT_STATUS_PLAN, type DeliveryStatus, type StatusPlan } from './statuses.ts';
import { createTemplateOffice, type ReviewPlan, type TemplateReview } from './template-office.ts';
import type { GraphTemplate } from './templates.ts';
import { createWebhookSender, type WebhookDelivery } from './webhook-delivery.ts';
import type { BusinessNumber, WebhookChange } from './webhook-body.ts';
import {
  createWorld,
  DEFAULT_MEMORY,
  type MemoryLimits,
  type RecordedRequest,
  type SandboxMessage,
} from './world.ts';

export type { UserName, WhatsappUser } from './directory.ts';
export { GRAPH_ERRORS } from './errors.ts';
export type { FaultInput } from './faults.ts';
export type { PatientAction, PatientMessage, PatientReaction } from './inbound.ts';
export { META_RATE_LIMITS } from './rate-limits.ts';
export { DEFAULT_STATUS_PLAN, type DeliveryStatus, type StatusPlan } from './statuses.ts';
export type { ReviewPlan, TemplateReview } from './template-office.ts';
export type { GraphTemplate } from './templates.ts';
export { metaJson, webhookEnvelope, webhookSignature, type BusinessNumber } from './webhook-body.ts';
export type { WebhookDelivery } from './webhook-delivery.ts';
export type { RecordedRequest, SandboxMessage } from './world.ts';

export interface GraphSandboxOptions {
  /** The relay's callback, e.g. `http://127.0.0.1:4180/v1/webhooks/whatsapp`; may be set later. */
  webhookUrl?: string | null;
  appSecret: string;
  verifyToken: string;
  /** Tokens taken as `Authorization: Bearer …`. */
  accessTokens: string[];
  phoneNumbers: (Pick<BusinessNumber, 'id' | 'phone' | 'wabaId'> & Partial<BusinessNumber>)[];
  /** Templates by WhatsApp Business Account. */
  templates?: Record<string, GraphTemplate[]>;
  /** Epoch milliseconds; the PC's clock when absent. */
  clock?: () => number;
  /** 0 takes any free port. */
  port?: number;
  statusPlan?: StatusPlan;
  limits?: RateLimitOptions;
  /** Default: an undeliverable recipient (131026) becomes a `failed` status, every other error an HTTP answer. */
  errorDelivery?: ErrorDelivery;
  /** Default true: marks and reactions on messages the sandbox never saw are refused with 131009. */
  strictMessageIds?: boolean;
  /** Back-off of webhooks not answered with 200, milliseconds; the last one repeats. */
  webhookRetryMs?: number[];
  webhookMaxAttempts?: number;
  webhookTimeoutMs?: number;
  /** How much is remembered. */
  memory?: Partial<MemoryLimits>;
  /** When new templates are reviewed, and how; nobody looks at them when absent. */
  reviews?: ReviewPlan;
}

/** A running stand-in for `graph.facebook.com`. */
export interface GraphSandbox {
  /** Base address, without version: `http://127.0.0.1:…`. */
  url: string;
  faults: Faults;
  setWebhookUrl(url: string | null): void;
  /** Meta's `hub.challenge` handshake against the relay; whether it was answered rightly. */
  verifyWebhook(): Promise<boolean>;
  /** A person writes; resolves with the relay's answer to the first delivery attempt. */
  patientWrites(input: PatientMessage): Promise<PatientAction>;
  patientReacts(input: PatientReaction): Promise<PatientAction>;
  /** A person opens the thread: the message they got is reported as read. */
  patientReads(messageId: string): Promise<WebhookDelivery>;
  registerUser(user: Partial<WhatsappUser> & ({ phone: string } | { userId: string })): WhatsappUser;
  /** Tells the sandbox when somebody last wrote before it was started, so that its window agrees with the relay's. */
  noteInbound(who: UserName | { phone: string } | { userId: string }, at: number, numberId?: string): void;
  /** Posts one status of an accepted message, whatever came before. */
  sendStatus(messageId: string, status: DeliveryStatus, code?: number): Promise<WebhookDelivery>;
  /** What happens to messages accepted from now on; a function decides per message. */
  setStatusPlan(plan: StatusPlan | ((message: SandboxMessage) => StatusPlan)): void;
  /** Signed webhook with these changes. */
  sendWebhook(changes: WebhookChange[]): Promise<WebhookDelivery>;
  /** Exact bytes, signed with the app secret unless a signature is given. */
  postWebhook(body: string | Buffer, signature?: string): Promise<WebhookDelivery>;
  holdWebhooks(): void;
  releaseWebhooks(order?: 'kept' | 'reversed' | 'batched'): Promise<WebhookDelivery[]>;
  /** Accepted requests: messages and read marks, oldest first. */
  requests(): RecordedRequest[];
  /** The same with the refused ones. */
  allRequests(): RecordedRequest[];
  /** Requests Meta's documentation does not allow; empty unless the relay has a mistake. */
  invalidRequests(): RecordedRequest[];
  clearRequests(): void;
  /** Templates of all accounts as Meta has them. */
  templates(): GraphTemplate[];
  /** Approves, rejects, pauses or otherwise changes a template, and says so by webhook. */
  reviewTemplate(review: TemplateReview): Promise<WebhookDelivery>;
  /** What happens to templates submitted from now on. */
  planReviews(plan: ReviewPlan): void;
  /** Called with each accepted message; returns the way to stop. */
  onMessage(listener: (message: SandboxMessage) => void): () => void;
  /** Called when the clinic marks a patient's message as read. */
  onRead(listener: (messageId: string) => void): () => void;
  /** Resolves when no status, retry or webhook is waiting or under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in for Meta's Graph API on 127.0.0.1: real HTTP, Meta's rules, signed webhooks, faults on demand. */
export async function createGraphSandbox(options: GraphSandboxOptions): Promise<GraphSandbox> {
  const clock = options.clock ?? Date.now;
  const memory = { ...DEFAULT_MEMORY, ...options.memory };
  const world = createWorld(
    clock,
    options.phoneNumbers.map((number) => ({ countryCode: '34', registered: true, ...number })),
    memory,
  );
  for (const [wabaId, templates] of Object.entries(options.templates ?? {})) {
    world.templates.set(wabaId, [...templates]);
  }
  let url = '';
  const scheduler = createScheduler();
  const faults = createFaults();
  const limits = createRateLimits(options.limits ?? META_RATE_LIMITS);
  const media = createMediaStore(clock, () => url, memory.mediaBytes);
  const webhooks = createWebhookSender({
    url: options.webhookUrl ?? null,
    appSecret: options.appSecret,
    faults,
    scheduler,
    options: {
      retryMs: options.webhookRetryMs ?? [1_000, 2_000, 5_000, 15_000, 60_000],
      maxAttempts: options.webhookMaxAttempts ?? 1_000,
      requestTimeoutMs: options.webhookTimeoutMs ?? 10_000,
      mostHeld: memory.heldWebhooks,
    },
  });
  const office = createTemplateOffice({
    world,
    webhooks,
    scheduler,
    plan: options.reviews ?? { afterMs: null },
  });
  const statuses = createStatuses(world, webhooks, scheduler);
  const inbound = createInbound({ world, media, limits, webhooks });
  const messageListeners = new Set<(message: SandboxMessage) => void>();
  const readListeners = new Set<(messageId: string) => void>();
  let planFor: (message: SandboxMessage) => StatusPlan = () => options.statusPlan ?? DEFAULT_STATUS_PLAN;

  const planOf = (message: SandboxMessage, failureCode: number | null): StatusPlan => {
    const failing = failureCode ?? faults.take('failDelivery')?.code ?? null;
    const plan = planFor(message);
    return failing === null ? plan : { ...plan, steps: [{ status: 'failed', afterMs: 0, code: failing }] };
  };
  /** Ends the wait between acceptance and answer, which counts as work under way. */
  const answers = new Map<string, () => void>();

  const app = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: 105 * 1_048_576 });
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  await app.register(async (graph) =>
    graphRoutes(graph, {
      world,
      media,
      limits,
      faults,
      webhooks,
      office,
      accessTokens: new Set(options.accessTokens),
      verifyToken: options.verifyToken,
      baseUrl: () => url,
      errorDelivery: options.errorDelivery ?? { 131026: 'status' },
      strictMessageIds: options.strictMessageIds ?? true,
      async onAccepted({ message, failure }) {
        const plan = planOf(message, failure?.code ?? null);
        if (plan.beforeAnswer ?? false) return statuses.run(message, plan);
        const answered = new Promise<void>((resolve) => answers.set(message.id, resolve));
        void scheduler.track(answered.then(() => statuses.run(message, plan)));
      },
      onAnswered({ message, failure }) {
        answers.get(message.id)?.();
        answers.delete(message.id);
        if (failure === null) for (const listener of messageListeners) listener(message);
      },
      onRead(messageId) {
        for (const listener of readListeners) listener(messageId);
      },
    }),
  );
  const messageOf = (messageId: string) => {
    const message = world.messages.get(messageId);
    if (!message) throw new Error('the sandbox knows no such message');
    return message;
  };

  const sandbox: GraphSandbox = {
    get url() {
      return url;
    },
    faults,
    setWebhookUrl: webhooks.setUrl,
    verifyWebhook: () => webhooks.verify(options.verifyToken),
    patientWrites: inbound.write,
    patientReacts: inbound.react,
    patientReads: async (messageId) => statuses.emit(messageOf(messageId), 'read'),
    registerUser: world.directory.register,
    noteInbound(who, at, numberId = options.phoneNumbers[0]?.id ?? '') {
      const user =
        typeof who === 'string' ? world.directory.resolve(who) : world.directory.register({ ...who });
      world.noteInbound(numberId, user, at);
    },
    sendStatus: async (messageId, status, code) => statuses.emit(messageOf(messageId), status, code),
    setStatusPlan(plan) {
      planFor = typeof plan === 'function' ? plan : () => plan;
    },
    sendWebhook: webhooks.send,
    postWebhook: webhooks.post,
    holdWebhooks: webhooks.hold,
    releaseWebhooks: webhooks.release,
    requests: () => world.requests.filter((request) => request.errorCode === null),
    allRequests: () => [...world.requests],
    invalidRequests: () => world.requests.filter(({ invalid }) => invalid !== null),
    templates: () => [...world.templates.values()].flat(),
    reviewTemplate: office.review,
    planReviews: office.planReviews,
    clearRequests() {
      world.requests.length = 0;
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => messageListeners.delete(listener);
    },
    onRead(listener) {
      readListeners.add(listener);
      return () => readListeners.delete(listener);
    },
    idle: scheduler.idle,
    async close() {
      webhooks.setUrl(null);
      scheduler.close();
      await app.close();
    },
  };
  await app.register(async (control) => controlRoutes(control, sandbox));
  url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return sandbox;
}
