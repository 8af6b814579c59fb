import { HOUR } from '@recado/protocol';
import { createColleagues } from './accounts/colleagues.ts';
import { createSecretBox } from './accounts/secrets.ts';
import { createSessions } from './accounts/sessions.ts';
import { createLoginThrottle } from './accounts/throttle.ts';
import { createIntegrationKeys } from './appointments/integration-keys.ts';
import { createIntegration } from './appointments/integration.ts';
import { startReminders } from './bot/reminders.ts';
import { systemClock, type Clock } from './clock.ts';
import { createCommands } from './commands/execute.ts';
import { createDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { createNotifier } from './db/notifier.ts';
import { createDoorbell } from './feed/doorbell.ts';
import { createLiveFeed } from './feed/live-feed.ts';
import { createPresence } from './feed/presence.ts';
import { createStreams } from './feed/stream.ts';
import { createWriter } from './feed/writer.ts';
import { requireSession } from './http/authentication.ts';
import { colleagueRoutes } from './http/colleague-routes.ts';
import { commandRoutes } from './http/command-routes.ts';
import { deviceRoutes } from './http/device-routes.ts';
import { feedRoutes } from './http/feed-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { integrationKeyRoutes, integrationRoutes } from './http/integration-routes.ts';
import { mediaRoutes } from './http/media-routes.ts';
import { operatorRoutes } from './http/operator-routes.ts';
import { presenceRoutes } from './http/presence-routes.ts';
import { createServer } from './http/server.ts';
import { sessionRoutes, signInRoutes } from './http/session-routes.ts';
import { webhookRoutes } from './http/webhook-routes.ts';
import { startBotSessions } from './jobs/bot-sessions.ts';
import { startHousekeeping } from './jobs/housekeeping.ts';
import { createJobs } from './jobs/jobs.ts';
import { startScheduledMessages } from './jobs/scheduled-messages.ts';
import { startSnoozes } from './jobs/snoozes.ts';
import { createLogger, type Logger } from './logger.ts';
import { createDiskFiles } from './media/files.ts';
import { createInboundFiles } from './media/inbound-files.ts';
import { createMedia } from './media/media.ts';
import type { RelaySettings } from './settings.ts';
import { createGraphTemplates } from './templates/graph-templates.ts';
import { createTemplateSync } from './templates/sync.ts';
import { createTemplateTasks } from './templates/tasks.ts';
import { createBlocks } from './whatsapp/blocks.ts';
import { createDelivery } from './whatsapp/deliver.ts';
import { createGraphClient } from './whatsapp/graph-client.ts';
import { createReactions } from './whatsapp/reactions.ts';
import { createReadReceipts } from './whatsapp/read-receipts.ts';
import { createWebhookEvents } from './whatsapp/webhook-events.ts';

export interface RelayDeps {
  databaseUrl: string;
  settings: RelaySettings;
  logger?: Logger;
  clock?: Clock;
}

export interface Relay {
  /** Brings the database up to date, starts the background work, and serves. */
  listen(): Promise<{ url: string }>;
  /** Finishes what is running, then lets go of everything. */
  close(): Promise<void>;
}

/** Connections for long answers; slow readers wait for each other, not everybody else for them. */
const READING_CONNECTIONS = 4;

/** The role of the database would pass row-level security unchecked: the last fence between clinics would be down. */
export class UnsafeRoleError extends Error {
  override readonly name = 'UnsafeRoleError';
}

/** The whole relay, wired. Starts nothing until `listen`. */
export function createRelay(deps: RelayDeps): Relay {
  const { settings, databaseUrl } = deps;
  const clock = deps.clock ?? systemClock;
  const logger = deps.logger ?? createLogger({ level: settings.logLevel });
  const database = createDatabase({ url: databaseUrl });
  const readingDatabase = createDatabase({ url: databaseUrl, poolSize: READING_CONNECTIONS });
  const jobs = createJobs({ databaseUrl, logger, shutdownMs: settings.whatsapp.sendTimeoutMs + 5_000 });

  const notifier = createNotifier({ database, logger });
  const doorbell = createDoorbell({ notifier, of: 'changes' });
  const sessionsBell = createDoorbell({ notifier, of: 'sessions' });
  const presence = createPresence({ notifier });
  const liveFeed = createLiveFeed({ database, doorbell, logger });
  const streams = createStreams({ database, liveFeed, presence, sessionsBell });
  const write = createWriter({ database, doorbell });

  const throttle = createLoginThrottle({ database, clock });
  const sessions = createSessions({ database, clock, throttle, sessionsBell });
  const colleagues = createColleagues({ database, write, throttle, clock, sessionsBell });
  const commands = createCommands({ write, jobs, clock, logger, sessionsBell });
  const integrationKeys = createIntegrationKeys({ database, clock });
  const integration = createIntegration({ database, write, jobs, clock });
  const files = createDiskFiles(settings.mediaFolder);
  const media = createMedia({ database, files, clock, logger });
  const graph = createGraphClient(settings.whatsapp);
  const secrets = createSecretBox(settings.secretKey);
  const sendReadReceipt = createReadReceipts({ database, graph, secrets, logger });
  const sendReaction = createReactions({ database, write, graph, secrets, clock, logger });
  const inboundFiles = createInboundFiles({
    database,
    write,
    jobs,
    graph,
    files,
    secrets,
    clock,
    logger,
    trusted: settings.whatsapp,
  });
  const graphTemplates = createGraphTemplates(settings.whatsapp);
  const templateSync = createTemplateSync({ database, write, graph: graphTemplates, secrets, clock, logger });
  const runTemplateTask = createTemplateTasks({
    database,
    write,
    graph: graphTemplates,
    files,
    secrets,
    clock,
    logger,
  });
  const setBlocked = createBlocks({ database, write, graph, secrets, clock, logger });
  const delivery = createDelivery({
    database,
    write,
    jobs,
    graph,
    files,
    secrets,
    clock,
    logger,
    settings: settings.whatsapp,
  });
  const events = createWebhookEvents({
    database,
    clock,
    logger,
    unknownNumbers: settings.unknownNumbers,
    enqueueDelivery: jobs.enqueueDelivery,
    enqueueReadReceipt: jobs.enqueueReadReceipt,
    enqueueMediaFetch: jobs.enqueueMediaFetch,
    onCommitted(clinicIds) {
      for (const clinicId of clinicIds) doorbell.ring(clinicId);
      jobs.wake();
    },
  });

  let closing = false;
  const app = createServer({ clock, logger, trustProxy: settings.trustProxy });
  healthRoutes(app, { database, isClosing: () => closing });
  signInRoutes(app, { sessions, colleagues });
  app.register(async (scope) => webhookRoutes(scope, { events, settings: settings.whatsapp, logger }));
  app.register(async (scope) => operatorRoutes(scope, { events, operatorToken: settings.operatorToken }));
  app.register(async (scope) => {
    requireSession(scope, sessions);
    sessionRoutes(scope, { sessions });
    feedRoutes(scope, { database, readingDatabase, streams, sessions, clock, logger });
    commandRoutes(scope, { commands });
    mediaRoutes(scope, { media });
    presenceRoutes(scope, { presence });
    deviceRoutes(scope, { sessions });
    colleagueRoutes(scope, { colleagues });
    integrationKeyRoutes(scope, { keys: integrationKeys });
  });
  app.register(async (scope) => integrationRoutes(scope, { keys: integrationKeys, integration }));

  let stopHousekeeping = async () => {};
  let stopSnoozes = async () => {};
  let stopBotSessions = async () => {};
  let stopScheduledMessages = async () => {};
  let stopReminders = async () => {};
  let stopTemplateSync = async () => {};
  return {
    async listen() {
      if (await database.bypassesRowSecurity()) {
        throw new UnsafeRoleError(
          'the database role bypasses row-level security: use one without that right',
        );
      }
      await migrate(databaseUrl);
      await jobs.start({
        deliver: delivery.deliver,
        sendReadReceipt,
        sendReaction,
        fetchMedia: inboundFiles.fetchMedia,
        runTemplateTask,
        setBlocked,
      });
      await inboundFiles.resume();
      await notifier.start();
      liveFeed.start();
      events.start();
      delivery.start();
      stopHousekeeping = startHousekeeping({ database, media, clock, logger });
      stopSnoozes = startSnoozes({ database, write, clock, logger });
      stopBotSessions = startBotSessions({
        database,
        write,
        clock,
        logger,
        sessionMs: settings.botSessionHours * HOUR,
      });
      stopScheduledMessages = startScheduledMessages({ database, write, jobs, clock, logger });
      stopReminders = startReminders({ database, write, jobs, clock, logger });
      stopTemplateSync = templateSync.start();
      return { url: await app.listen({ host: settings.host, port: settings.port }) };
    },
    async close() {
      closing = true;
      streams.closeAll();
      await app.close();
      await events.stop();
      await delivery.stop();
      await stopHousekeeping();
      await stopSnoozes();
      await stopBotSessions();
      await stopScheduledMessages();
      await stopReminders();
      await stopTemplateSync();
      await jobs.stop();
      liveFeed.stop();
      presence.stop();
      await notifier.stop();
      await readingDatabase.close();
      await database.close();
    },
  };
}
