import type { Connection } from './database.ts';
import { classifyCallFailure } from './failures.ts';

/**
 * Reads every page of the file, and with `full` compares every index with its table. A page whose bytes have changed
 * does not even decrypt: AEGIS authenticates each.
 */
export function isIntact(connection: Connection, input: { full: boolean }): boolean {
  try {
    const rows = connection.pragma(input.full ? 'integrity_check(1)' : 'quick_check(1)') as object[];
    return rows.length === 1 && Object.values(rows[0]!)[0] === 'ok';
  } catch (error) {
    if (classifyCallFailure(error) === 'corrupt') return false;
    throw error;
  }
}
