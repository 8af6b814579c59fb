import pg from 'pg';

/** One connection inside a transaction. */
export type Client = pg.PoolClient;

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const parseTimestamp = pg.types.getTypeParser(TIMESTAMPTZ) as unknown as (text: string) => Date;

/** Counts and feed numbers stay below 2^53; times are epoch milliseconds everywhere in the relay. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return (text: string) => parseTimestamp(text).getTime();
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

export interface Database {
  url: string;
  /**
   * Runs `work` in one transaction that sees and writes only what belongs to `clinicId`: row-level security
   * enforces it even when a query forgets to. Commits when it resolves, rolls back when it throws.
   */
  inClinic<Result>(clinicId: string, work: (client: Client) => Promise<Result>): Promise<Result>;
  /**
   * Passes on what `read` yields from one unchanging picture of the clinic's data: nothing committed meanwhile is
   * seen. The transaction ends with the generator, also when its consumer stops early.
   */
  streamInClinic<Item>(
    clinicId: string,
    read: (client: Client) => AsyncGenerator<Item>,
  ): AsyncGenerator<Item>;
  /**
   * For what comes before the clinic is known: routing a webhook, signing in, picking up what was left behind.
   * Opens only the tables such work needs; patients, conversations and messages stay closed.
   */
  asSystem<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
  /** A connection of its own outside the pool, for LISTEN. */
  connectListener(): Promise<pg.Client>;
  /** Whether the role would pass row-level security unchecked; such a role must not serve. */
  bypassesRowSecurity(): Promise<boolean>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Makes every later statement of the transaction belong to `clinicId`. */
export function enterClinic(clinicId: string): string {
  if (!UUID.test(clinicId)) throw new TypeError('clinic id is not a UUID');
  return `set local recado.clinic_id = '${clinicId}'`;
}

/**
 * Long answers are read page by page, always along an index. Left alone, the planner may decide to sort or hash the
 * whole table for each page, as long as no statistics tell it how large the table has become.
 */
const BY_INDEX_ONLY = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin']
  .map((method) => `set local enable_${method} = off`)
  .join('; ');

const ENTER_SYSTEM = `set local recado.scope = 'system'`;

/** Opens a pool on the database. Connections are made on demand. */
export function createDatabase(options: { url: string; poolSize?: number }): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 12,
    application_name: 'recado-relay',
    types,
  });
  // A connection that dies while idle is replaced on the next use; without a listener Node would end the process.
  pool.on('error', () => {});

  async function transaction<Result>(
    begin: string,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    url: options.url,
    inClinic: async (clinicId, work) => transaction(`begin; ${enterClinic(clinicId)}`, work),
    async *streamInClinic(clinicId, read) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query(
          `begin isolation level repeatable read read only; ${enterClinic(clinicId)}; ${BY_INDEX_ONLY}`,
        );
        yield* read(client);
      } finally {
        await client.query('rollback').catch((failure: Error) => {
          broken = failure;
        });
        client.release(broken);
      }
    },
    asSystem: (work) => transaction(`begin; ${ENTER_SYSTEM}`, work),
    async connectListener() {
      const client = new pg.Client({
        connectionString: options.url,
        application_name: 'recado-relay-listen',
        keepAlive: true,
      });
      await client.connect();
      return client;
    },
    async bypassesRowSecurity() {
      const { rows } = await pool.query<{ bypasses: boolean }>(
        'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
      );
      return rows[0]?.bypasses ?? false;
    },
    async ping() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}
