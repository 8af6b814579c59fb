/** A relay in a process of its own, by a clock that runs fast. See relay-process.ts. */
import { createRelay } from '../relay/src/index.ts';
import { silentLogger } from '../relay/src/logger.ts';
import { testSettings } from '../relay/sandbox/testing/relay.ts';
import { createFastClock } from './fast-clock.ts';
import type { RelayChildOptions } from './relay-process.ts';

process.once('message', (options: RelayChildOptions) => {
  const { databaseUrl, clockEpoch, ...rest } = options;
  const relay = createRelay({
    databaseUrl,
    settings: testSettings(rest),
    logger: silentLogger,
    clock: createFastClock(clockEpoch),
  });
  relay.listen().then(
    () => process.send?.('listening'),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit());
