import { createRandom } from '../relay/sandbox/random.ts';
import { generateHistory } from '../relay/sandbox/seed/generate-history.ts';
import type { TestAgent } from '../relay/sandbox/testing/relay.ts';
import { createDatabase } from '../relay/src/db/database.ts';
import { say } from './statistics.ts';

/** Invents a clinic's history straight into the relay's database, the same one every time. */
export async function fillClinic(
  clinic: { databaseUrl: string; clinicId: string; numberId: string; agents: TestAgent[] },
  size: { conversations: number; messages: number },
): Promise<void> {
  say(`inventing ${size.conversations} conversations with ${size.messages} messages`);
  const { databaseUrl, clinicId, numberId, agents } = clinic;
  const database = createDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    await generateHistory(
      { database, clinicId, numberId, agents, random: createRandom('bench'), now: Date.now() },
      size,
    );
    // PostgreSQL does this by itself where a history grows; one that appears in a moment is not measured yet when we are.
    // https://www.postgresql.org/docs/current/populate.html#POPULATE-ANALYZE
    await database.asSystem((client) => client.query('analyze'));
  } finally {
    await database.close();
  }
}
