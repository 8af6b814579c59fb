import { createSecretBox } from './accounts/secrets.ts';
import { createSessions } from './accounts/sessions.ts';
import { createLoginThrottle } from './accounts/throttle.ts';
import { systemClock, type Clock } from './clock.ts';
import { createDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { requireSession } from './http/authentication.ts';
import { healthRoutes } from './http/health-routes.ts';
import { createServer } from './http/server.ts';
import { sessionRoutes, signInRoute } from './http/session-routes.ts';
import { createJobs } from './jobs/jobs.ts';
import { createLogger, type Logger } from './logger.ts';
import type { RelaySettings } from './settings.ts';

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

/** The whole relay, wired. Starts nothing until `listen`. */
export function createRelay(deps: RelayDeps): Relay {
  const { settings } = deps;
  const clock = deps.clock ?? systemClock;
  const logger = deps.logger ?? createLogger({ level: settings.logLevel });
  const database = createDatabase({ url: deps.databaseUrl });
  const jobs = createJobs({ databaseUrl: deps.databaseUrl, logger });
  createSecretBox(settings.secretKey);
  const sessions = createSessions({
    database,
    clock,
    throttle: createLoginThrottle({ database, clock }),
  });

  let closing = false;
  const app = createServer({ clock, logger, trustProxy: settings.trustProxy });
  healthRoutes(app, { database, isClosing: () => closing });
  signInRoute(app, { sessions });
  app.register(async (scope) => {
    requireSession(scope, sessions);
    sessionRoutes(scope, { sessions });
  });

  return {
    async listen() {
      await migrate(deps.databaseUrl);
      await jobs.start(async () => {});
      const url = await app.listen({ host: settings.host, port: settings.port });
      return { url };
    },
    async close() {
      closing = true;
      await app.close();
      await jobs.stop();
      await database.close();
    },
  };
}
