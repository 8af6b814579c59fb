import { describeError, type Logger } from '../logger.ts';

/**
 * Works again and again, each time `everyMs` after the last ended, the first time at once unless told otherwise. What
 * the work throws is logged as `failure` and ends nothing. Answers how to stop, which resolves when nothing runs.
 */
export function repeat(deps: {
  work: () => Promise<void>;
  everyMs: number;
  firstAfterMs?: number;
  failure: string;
  logger: Logger;
}): () => Promise<void> {
  let stopping = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    running = deps
      .work()
      .catch((error: unknown) => {
        deps.logger.warn(deps.failure, describeError(error));
      })
      .then(() => {
        if (!stopping) timer = setTimeout(next, deps.everyMs);
      });
  };
  if (deps.firstAfterMs === undefined) next();
  else timer = setTimeout(next, deps.firstAfterMs);
  return async () => {
    stopping = true;
    if (timer) clearTimeout(timer);
    await running;
  };
}
