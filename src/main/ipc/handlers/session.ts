import type { AppState, ErrorCode, Reply } from '../../../shared/contract/index.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Signing in and out, as the session's owner offers it. */
export interface SessionDoor {
  state: () => AppState;
  signIn: (input: { relayUrl: string; email: string; password: string }) => Promise<SessionResult>;
  signInDemo: () => Promise<SessionResult>;
  redeem: (input: {
    relayUrl: string;
    email: string;
    accessCode: string;
    password: string;
  }) => Promise<SessionResult>;
  signOut: (input: { discardUnsent: boolean }) => Promise<SessionResult>;
  recover: (way: 'retry' | 'rebuild') => Promise<SessionResult>;
}

/** Null when it was done. */
export type SessionResult = { code: ErrorCode; retryAfterMs?: number; count?: number } | null;

function reply(result: SessionResult): Reply<Record<string, never>> {
  if (result === null) return done({});
  const { code, ...more } = result;
  return refused(code, more);
}

/** The state outside the screenfuls, and who uses this PC. */
export function createSessionHandlers(
  door: SessionDoor,
): Pick<
  Handlers,
  | 'app.state'
  | 'session.signIn'
  | 'session.signInDemo'
  | 'session.redeem'
  | 'session.signOut'
  | 'store.recover'
> {
  return {
    'app.state': async () => done(door.state()),
    'session.signIn': async (input) => reply(await door.signIn(input)),
    'session.signInDemo': async () => reply(await door.signInDemo()),
    'session.redeem': async (input) => reply(await door.redeem(input)),
    'session.signOut': async (input) => reply(await door.signOut(input)),
    'store.recover': async ({ way }) => reply(await door.recover(way)),
  };
}
