import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createRelay } from '../index.ts';
import { createLogger } from '../logger.ts';
import { readSettings } from '../settings.ts';
import { openDatabase } from './environment.ts';

/** Runs the relay until it is told to stop; then finishes what it is doing. */
export async function serve(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { data: { type: 'string' } } });
  // Before the database is started: a wrong setting should be told at once.
  const settings = readSettings(process.env);
  const logger = createLogger({ level: settings.logLevel });
  const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const database = await openDatabase(values.data);
  try {
    const relay = createRelay({ databaseUrl: database.url, settings, logger });
    const started = performance.now();
    const { url } = await relay.listen();
    logger.info('listening', {
      port: Number(new URL(url).port),
      durationMs: Math.round(performance.now() - started),
    });
    await stop;
    logger.info('stopping');
    await relay.close();
  } finally {
    await database.close();
  }
  return 0;
}
