import type { QueryConfig } from 'pg';
import type { Client } from '../db/database.ts';

/** pg's buffer is used again for what comes next: what is kept must be copied. */
const asBytes = { getTypeParser: () => (value: unknown) => Buffer.from(value as Buffer) };

const NOTHING = Buffer.alloc(0);

/**
 * The one row of a query whose columns are text, as the bytes PostgreSQL wrote: what is only passed on to a reader is
 * never decoded into strings and encoded again.
 */
export async function queryBytes<Name extends string>(
  client: Client,
  sql: string,
  values: unknown[],
): Promise<Record<Name, Buffer>> {
  // `binary` is missing in the types of pg: https://node-postgres.com/apis/client#clientquery
  const query: QueryConfig & { binary: boolean } = { text: sql, values, binary: true, types: asBytes };
  const { rows } = await client.query<Record<Name, Buffer | null>>(query);
  const entries = Object.entries<Buffer | null>(rows[0] ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? NOTHING])) as Record<Name, Buffer>;
}
