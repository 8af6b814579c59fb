/** The contract between app and relay, and the rules both sides obey. The only door to this package. */
export * from './commands.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './feed.ts';
export * from './ids.ts';
export * from './rules/conversation-events.ts';
export * from './rules/conversation-state.ts';
export * from './rules/message-status.ts';
export * from './rules/names.ts';
export * from './rules/patient-name.ts';
export * from './rules/phone.ts';
export * from './rules/service-window.ts';
export * from './sessions.ts';
export * from './time.ts';
export * from './version.ts';
export * from './media.ts';
