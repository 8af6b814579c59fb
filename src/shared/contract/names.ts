/** Names only, so that the sandboxed preload stays tiny: every call and event that may cross the bridge. */

export const CALLS = [
  'app.state',
  'session.signIn',
  'session.signInDemo',
  'session.signOut',
  'inbox.page',
  'inbox.counts',
  'conversation.get',
  'conversation.markRead',
  'thread.page',
  'message.send',
  'message.retry',
  'message.discard',
  'draft.save',
] as const;
export type CallName = (typeof CALLS)[number];

export const EVENTS = ['changed', 'state'] as const;
export type EventName = (typeof EVENTS)[number];

/** The one channel calls go through, and the prefix of event channels. */
export const CALL_CHANNEL = 'recado:call';
export const EVENT_CHANNEL_PREFIX = 'recado:event:';

/** Property of `window` that holds the bridge. */
export const BRIDGE = 'recado';
