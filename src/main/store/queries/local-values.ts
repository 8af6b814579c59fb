import type { Author } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';

const AGENT_KEY = 'store.agentId';

/** What was kept under a name, or null. */
export function getLocalValue(database: ReadDatabase, input: { key: string }): unknown {
  const row = database.get<{ value: string }>('select value from local_values where key = :key', input);
  return row === undefined ? null : JSON.parse(row.value);
}

/** Keeps JSON under a name; null forgets it. */
export function setLocalValue(database: WriteDatabase, input: { key: string; value: unknown }): void {
  if (input.value === null || input.value === undefined) {
    database.run('delete from local_values where key = :key', { key: input.key });
    return;
  }
  database.run(
    `insert into local_values (key, value) values (:key, :value)
     on conflict (key) do update set value = excluded.value`,
    { key: input.key, value: JSON.stringify(input.value) },
  );
}

export function setAgent(database: WriteDatabase, input: { agentId: string }): void {
  setLocalValue(database, { key: AGENT_KEY, value: input.agentId });
}

/** The agent signed in on this PC, or null before the first sign-in. */
export function getAgentId(database: ReadDatabase): string | null {
  return getLocalValue(database, { key: AGENT_KEY }) as string | null;
}

/** The agent signed in on this PC as the author of a message; the name is looked up when it is shown. */
export function getOwnAuthor(database: ReadDatabase): Author {
  return { kind: 'agent', agentId: getAgentId(database), name: null };
}
