import { pino, type DestinationStream } from 'pino';

/**
 * Everything a log line may hold. The list is closed on purpose: a patient's words, name or number has no field to
 * travel in, so it cannot reach a log by accident. Add a field only if it can never carry what a person wrote.
 */
export interface LogFields {
  clinicId?: string | null;
  agentId?: string;
  conversationId?: string;
  messageId?: string;
  webhookEventId?: string;
  commandId?: string;
  requestId?: string;
  route?: string;
  method?: string;
  /** HTTP status or a status word of ours. */
  status?: number | string;
  /** A code of ours, of PostgreSQL or of Meta. */
  code?: string | number;
  /** Class name of an error, never its message: PostgreSQL and Meta quote values in theirs. */
  error?: string;
  /** Stack frames of an error, without its first line. */
  frames?: string;
  count?: number;
  durationMs?: number;
  port?: number;
  version?: string;
}

export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const ALLOWED = new Set<keyof LogFields>([
  'clinicId', 'agentId', 'conversationId', 'messageId', 'webhookEventId', 'commandId', 'requestId', 'route',
  'method', 'status', 'code', 'error', 'frames', 'count', 'durationMs', 'port', 'version',
]); // prettier-ignore

/** What is safe to log of anything thrown: its class, its code and where it happened. */
export function describeError(error: unknown): Pick<LogFields, 'error' | 'code' | 'frames'> {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join('\n');
  return {
    error: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(frames ? { frames } : {}),
  };
}

/** Structured lines of JSON on standard output, or on the given stream. */
export function createLogger(options: { level?: string; destination?: DestinationStream } = {}): Logger {
  const settings = { level: options.level ?? 'info', base: { service: 'recado-relay' } };
  const sink = options.destination ? pino(settings, options.destination) : pino(settings);
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      const safe = Object.entries(fields).filter(([name]) => ALLOWED.has(name as keyof LogFields));
      sink[level](Object.fromEntries(safe), event);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Says nothing; for tests and one-shot commands. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
