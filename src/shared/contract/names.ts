/** Names only, so that the sandboxed preload stays tiny: every call and event that may cross the bridge. */

export const CALLS = [
  'app.state',
  'session.signIn',
  'session.signInDemo',
  'session.signOut',
  'inbox.page',
  'inbox.counts',
  'inbox.match',
  'directory.get',
  'conversation.get',
  'conversation.markRead',
  'conversation.act',
  'action.undo',
  'note.add',
  'presence.set',
  'thread.page',
  'message.send',
  'message.retry',
  'message.discard',
  'draft.save',
  'tag.create',
  'tag.update',
  'tag.merge',
  'tag.delete',
  'team.create',
  'team.update',
  'team.delete',
  'clinic.updateSettings',
  'agent.invite',
  'agent.renewAccess',
  'agent.update',
  'session.redeem',
  'device.list',
  'device.revoke',
  'search.run',
  'store.recover',
  'store.check',
  'storage.get',
  'storage.setKeepMonths',
  'template.list',
  'template.setFavourite',
  'template.create',
  'template.delete',
  'template.hide',
  'message.sendTemplate',
  'message.react',
  'conversation.start',
  'quickReply.create',
  'quickReply.update',
  'quickReply.delete',
  'patient.update',
  'appointment.list',
  'appointment.put',
  'appointment.delete',
  'integrationKey.list',
  'integrationKey.create',
  'integrationKey.delete',
  'file.begin',
  'file.append',
  'file.finish',
  'file.discard',
  'media.list',
  'media.fetch',
  'media.save',
  'notifications.get',
  'notifications.set',
  'notifications.test',
] as const;
export type CallName = (typeof CALLS)[number];

export const EVENTS = [
  'changed',
  'state',
  'presence',
  'refused',
  'transfer',
  'openConversation',
  'sound',
] as const;
export type EventName = (typeof EVENTS)[number];

/** The one channel calls go through, and the prefix of event channels. */
export const CALL_CHANNEL = 'recado:call';
export const EVENT_CHANNEL_PREFIX = 'recado:event:';

/** Property of `window` that holds the bridge. */
export const BRIDGE = 'recado';

/** Files are shown from `app://…/media/<mediaId>`: decrypted from this PC's cache, fetched from the relay when missing. */
export const MEDIA_PATH = '/media/';
