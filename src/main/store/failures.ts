import type { StoreError, StoreOpenFailure } from './interface.ts';

/** The code SQLite or the file system gave an error, or an empty string. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The index of the write-ahead log needs room, too. */
const isDiskFull = (code: string): boolean =>
  code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT';

/** Whether SQLite says that the bytes of the file are not what was written. */
export const isDamage = (code: string): boolean =>
  code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');

/**
 * Why a file could not be opened. SQLite cannot tell a wrong key from overwritten bytes: both are "not a database", and
 * a file that has the shape of ours (whole pages) is taken for one under another key.
 */
export function classifyOpenFailure(error: unknown, fileSizeBytes: number): StoreOpenFailure {
  const code = errorCode(error);
  if (code.startsWith('SQLITE_NOTADB')) return fileSizeBytes % 4_096 === 0 ? 'wrong_key' : 'corrupt';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'locked';
  if (isDiskFull(code)) return 'disk_full';
  if (/^SQLITE_(CANTOPEN|PERM|READONLY|AUTH|IOERR)/.test(code)) return 'no_access';
  // Whatever else SQLite says is about what is in the file; anything else (the file system, better-sqlite3's TypeError
  // for a missing folder) says nothing against the file, which must then stay where it is.
  return code.startsWith('SQLITE_') ? 'corrupt' : 'no_access';
}

/** The kind of failure of a call on an open store. */
export function classifyCallFailure(error: unknown): StoreError['code'] {
  const code = errorCode(error);
  if (isDamage(code)) return 'corrupt';
  if (isDiskFull(code)) return 'disk_full';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'locked';
  return 'failed';
}

/** An error for the rest of main: where and which code. SQLite's own message may quote what was being written. */
export function createStoreError(code: StoreError['code'], where: string, frames = ''): StoreError {
  const error = new Error(`store ${where}: ${code}`);
  return Object.assign(error, {
    name: 'StoreError' as const,
    code,
    stack: `StoreError: ${error.message}${frames}`,
  });
}
