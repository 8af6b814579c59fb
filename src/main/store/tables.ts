/**
 * Which tables may be thrown away. Mirrors are rebuilt from the relay; local ones are this PC's own work, hold no
 * foreign key into a mirror, survive every snapshot and are carried over from a damaged file.
 */
export const MIRROR_TABLES = [
  'sync_state',
  'tombstones',
  'reference_entities',
  'patients',
  'appointments',
  'conversations',
  'conversation_links',
  'messages',
] as const;

export const LOCAL_TABLES = ['outbox', 'drafts', 'local_files', 'local_values'] as const;
