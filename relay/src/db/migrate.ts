import pg from 'pg';
import { migrations } from './migrations/index.ts';

/** One step of the schema. Never edited once released: a later step corrects an earlier one. */
export interface Migration {
  /** Multiples of ten, so that a step can be slipped between two others. */
  version: number;
  name: string;
  sql: string;
}

/** The database was written by a newer relay; an older one must not touch it. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
}

/** Any fixed number: processes that start together take turns on it. */
const MIGRATION_LOCK = 7_236_230;

/**
 * Brings the schema up to date in one transaction, so a failed start leaves it as it was. Safe when several
 * processes start at once. Returns the versions it applied. Throws DatabaseTooNewError.
 */
export async function migrate(databaseUrl: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'recado-migrate' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `create table if not exists migrations (
         version integer primary key, name text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ version: number }>('select version from migrations');
    const applied = new Set(rows.map(({ version }) => version));
    const newest = Math.max(...migrations.map(({ version }) => version));
    if (rows.some(({ version }) => version > newest)) {
      throw new DatabaseTooNewError('the database belongs to a newer version of the relay');
    }
    const pending = migrations.filter(({ version }) => !applied.has(version));
    for (const { version, name, sql } of pending) {
      await client.query(sql);
      await client.query('insert into migrations (version, name) values ($1, $2)', [version, name]);
    }
    await client.query('commit');
    return pending.map(({ version }) => version);
  } finally {
    await client.end();
  }
}
