import { z } from 'zod';

/** Everything the relay can be told, by its environment variable in docs and by its name here in code. */
export const RelaySettings = z.object({
  host: z.string().default('127.0.0.1'),
  /** 0 lets the system choose a free port. */
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  whatsapp: z.object({
    /** App secrets webhooks may be signed with; two while one is being rotated. */
    appSecrets: z.array(z.string().min(1)).min(1),
    /** Meta repeats this word in its handshake. Not the app secret. */
    verifyToken: z.string().min(1),
    /** Base of the Graph API, version included. */
    graphUrl: z.url().default('https://graph.facebook.com/v25.0'),
    /**
     * Hosts files of patients may be fetched from, besides the Graph API's own: a forged address must not be given the
     * access token. `*.` stands for any name below.
     */
    mediaHosts: z.array(z.string().min(1)).default(['lookaside.fbsbx.com', '*.whatsapp.net']),
    /** Longest wait for an answer of the Graph API, milliseconds; after it the send is `unknown`. */
    sendTimeoutMs: z.coerce.number().int().positive().default(20_000),
    /** How long a send without an answer waits for a status webhook before it is sent again, milliseconds. */
    unknownGraceMs: z.coerce.number().int().nonnegative().default(120_000),
  }),
  /** Where files of patients and of the clinic are kept; on a volume all processes share. */
  mediaFolder: z.string().min(1).default('.data/media'),
  /** Encrypts what must be readable again (access tokens); at least 32 characters. */
  secretKey: z.string().min(32),
  /** Opens the operator's routes; none when absent. */
  operatorToken: z
    .string()
    .regex(/^[\w-]{16,200}$/, 'needs 16 to 200 letters, digits, - or _')
    .nullable()
    .default(null),
  /** What to do with webhooks of a number nobody connected: keep them aside, or give it to the only clinic. */
  unknownNumbers: z.enum(['quarantine', 'adopt']).default('quarantine'),
  /** How long a bot waits for a patient's answer before its session ends, hours since it last spoke. */
  botSessionHours: z.coerce.number().positive().max(720).default(24),
  /** Behind a reverse proxy: believe its `X-Forwarded-For` when counting failed sign-ins by address. */
  trustProxy: z.stringbool().or(z.boolean()).default(false),
  logLevel: z.enum(['silent', 'error', 'warn', 'info']).default('info'),
});
export type RelaySettings = z.infer<typeof RelaySettings>;

const VARIABLES: Record<string, string> = {
  host: 'RECADO_HOST',
  port: 'RECADO_PORT',
  'whatsapp.appSecrets': 'WHATSAPP_APP_SECRET',
  'whatsapp.verifyToken': 'WHATSAPP_VERIFY_TOKEN',
  'whatsapp.graphUrl': 'WHATSAPP_GRAPH_URL',
  'whatsapp.mediaHosts': 'WHATSAPP_MEDIA_HOSTS',
  'whatsapp.sendTimeoutMs': 'WHATSAPP_SEND_TIMEOUT_MS',
  'whatsapp.unknownGraceMs': 'WHATSAPP_UNKNOWN_GRACE_MS',
  mediaFolder: 'RECADO_MEDIA_FOLDER',
  secretKey: 'RECADO_SECRET_KEY',
  operatorToken: 'RECADO_OPERATOR_TOKEN',
  unknownNumbers: 'RECADO_UNKNOWN_NUMBERS',
  botSessionHours: 'RECADO_BOT_SESSION_HOURS',
  trustProxy: 'RECADO_TRUST_PROXY',
  logLevel: 'RECADO_LOG_LEVEL',
};

/** Names every variable that is missing or wrong at once; never repeats a value, which may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings from environment variables. `WHATSAPP_APP_SECRET` may hold two secrets separated by a comma.
 * Throws SettingsError.
 */
export function readSettings(environment: NodeJS.ProcessEnv): RelaySettings {
  const value = (name: string) => environment[name] || undefined;
  const parsed = RelaySettings.safeParse({
    host: value('RECADO_HOST'),
    port: value('RECADO_PORT') ?? value('PORT'),
    whatsapp: {
      appSecrets: value('WHATSAPP_APP_SECRET')
        ?.split(',')
        .map((secret) => secret.trim()),
      verifyToken: value('WHATSAPP_VERIFY_TOKEN'),
      graphUrl: value('WHATSAPP_GRAPH_URL'),
      mediaHosts: value('WHATSAPP_MEDIA_HOSTS')
        ?.split(',')
        .map((host) => host.trim()),
      sendTimeoutMs: value('WHATSAPP_SEND_TIMEOUT_MS'),
      unknownGraceMs: value('WHATSAPP_UNKNOWN_GRACE_MS'),
    },
    mediaFolder: value('RECADO_MEDIA_FOLDER'),
    secretKey: value('RECADO_SECRET_KEY'),
    operatorToken: value('RECADO_OPERATOR_TOKEN'),
    unknownNumbers: value('RECADO_UNKNOWN_NUMBERS'),
    botSessionHours: value('RECADO_BOT_SESSION_HOURS'),
    trustProxy: value('RECADO_TRUST_PROXY'),
    logLevel: value('RECADO_LOG_LEVEL'),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const key = path.filter((part) => typeof part === 'string').join('.');
    return `${VARIABLES[key] ?? key}: ${message.endsWith('received undefined') ? 'is missing' : message}`;
  });
  throw new SettingsError(`The relay's settings are incomplete:\n  ${problems.join('\n  ')}`);
}
