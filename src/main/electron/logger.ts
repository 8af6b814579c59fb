import electronLog from 'electron-log/node';
import type { Log } from '../lib/log.ts';
import { formatLine } from './log-line.ts';

const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** Writes to `file` and nowhere else; an old file is kept beside it. */
export function createLogger(file: string): Log {
  const logger = electronLog.create({ logId: 'recado' });
  logger.transports.console.level = false;
  logger.transports.file.level = 'info';
  logger.transports.file.resolvePathFn = () => file;
  logger.transports.file.maxSize = MAX_FILE_BYTES;
  logger.transports.file.format = '{iso} {text}';
  return (name, fields) => {
    logger.info(formatLine(name, fields));
  };
}
