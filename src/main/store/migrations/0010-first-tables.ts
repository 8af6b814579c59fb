/** The store's first shape. Mirror tables can be rebuilt from the relay; local ones (see tables.ts) are this PC's own. */
import type { Migration } from '../migrate.ts';

export const firstTables: Migration = {
  version: 10,
  name: 'first-tables',
  up: (connection) => connection.exec(SQL),
};

const SQL = `
create table sync_state (
  id integer primary key check (id = 1),
  cursor integer,
  snapshot_seq integer,
  snapshot_received integer not null default 0,
  snapshot_expected integer not null default 0,
  -- The snapshot that history is being read behind: messages of that age missing from a page are gone at the relay.
  history_seq integer not null default 0,
  history_before integer,
  is_history_complete integer not null default 0,
  history_complete_since integer,
  unreadable_from integer
);
insert into sync_state (id) values (1);

-- What was deleted and at which version, so that an older put arriving later cannot bring it back. A tombstone stays
-- when a newer put revives its entity: what hung on the deleted one must still not return.
create table tombstones (
  entity text not null,
  id text not null,
  version integer not null,
  primary key (entity, id)
) without rowid;

-- Clinic, agents, teams, tags, templates, quick replies: few rows, read whole. snapshot_seq is the snapshot that last
-- brought a row, here and below.
create table reference_entities (
  entity text not null,
  id text not null,
  version integer not null,
  snapshot_seq integer,
  data text not null,
  primary key (entity, id)
) without rowid;

create table patients (
  key integer primary key,
  id text not null unique,
  version integer not null,
  snapshot_seq integer,
  name text,
  profile_name text,
  phone text,
  display_name text,
  formatted_phone text,
  whatsapp_user_id text,
  language text,
  note text not null
);

create table appointments (
  key integer primary key,
  id text not null unique,
  version integer not null,
  snapshot_seq integer,
  patient_id text not null,
  starts_at integer not null,
  treatment text not null,
  professional text not null,
  state text not null
);
create index appointments_by_patient on appointments (patient_id, starts_at);

-- relay_json is the relay's last word; prediction_json the same with this PC's pending commands on top, null when there
-- are none. The columns repeat of the two what lists filter, order and count by, worked out by protocol's rules when the
-- row is written. A row without relay_json is a placeholder for messages that came first: queue is null, no list has it.
create table conversations (
  key integer primary key,
  id text not null unique,
  version integer not null,
  snapshot_seq integer,
  patient_id text,
  relay_json text,
  prediction_json text,
  queue text,
  expires_at integer not null default 0,
  last_activity_at integer not null default 0,
  is_unread integer not null default 0,
  is_unanswered integer not null default 0
);
create index conversations_by_activity on conversations (queue, last_activity_at desc, key desc, expires_at)
  where queue is not null;
create index conversations_by_state on conversations (queue, is_unread, is_unanswered, expires_at)
  where queue is not null;
create index conversations_by_patient on conversations (patient_id);

-- The relay's ordinal is the rowid: newest-first search and arrival-order inserts depend on it. There is no index by
-- message id: it would halve the speed of a first fill, and only the rare deletion of a message looks one up.
create table messages (
  ordinal integer primary key,
  version integer not null,
  conversation_key integer not null references conversations (key),
  id text not null,
  direction text not null,
  kind text not null,
  text text,
  content text,
  author_kind text not null,
  author_agent_id text,
  author_name text,
  sent_at integer not null,
  received_at integer not null,
  status text,
  error text,
  reactions text,
  reply_to text,
  edits text,
  revoked_at integer
);
-- The rowid ends every index entry, so this is (conversation_key, sent_at, ordinal).
create index messages_by_conversation on messages (conversation_key, sent_at);

create view searchable_messages as select ordinal, text from messages where text is not null;
create virtual table messages_fts using fts5 (
  text,
  content = 'searchable_messages',
  content_rowid = 'ordinal',
  tokenize = "unicode61 remove_diacritics 2",
  prefix = '2 3'
);

create table outbox (
  position integer primary key autoincrement,
  command_id text not null unique,
  type text not null,
  conversation_id text,
  message_id text,
  state text not null check (state in ('queued', 'sending', 'applied', 'refused')),
  attempts integer not null default 0,
  command text not null,
  code text,
  result_seq integer,
  enqueued_at integer not null
);
create index outbox_by_conversation on outbox (conversation_id);

create table drafts (
  conversation_id text primary key,
  text text not null
) without rowid;

create table local_values (
  key text primary key,
  value text not null
) without rowid;
`;
