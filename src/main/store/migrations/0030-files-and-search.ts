/** Files, templates and saved texts on this PC; threads fetched on demand; a search index that knows file names. */
import { searchableName } from '../../../shared/search-text.ts';
import type { Migration } from '../migrate.ts';

export const filesAndSearch: Migration = {
  version: 30,
  name: 'files-and-search',
  up(connection) {
    connection.function('searchable_name', { deterministic: true }, (name, profileName) =>
      searchableName([name as string | null, profileName as string | null]),
    );
    connection.exec(SQL);
  },
};

const SQL = `
-- Where a cut snapshot goes on; what retention has forgotten; and how far down the search index reaches.
alter table sync_state add column snapshot_after text;
alter table sync_state add column forgotten_before integer;
alter table sync_state add column search_from integer not null default 0;

-- The thread is held down to its first message, although the history is not.
alter table conversations add column is_thread_whole integer not null default 0;
drop index conversations_by_patient;
create index conversations_by_patient on conversations (patient_id, queue, last_activity_at);

-- media_kind is what a file is shown as. A detached message has come alone, below where the history is complete: threads
-- leave it out until its neighbours are there.
alter table messages add column send_at integer;
alter table messages add column media_id text;
alter table messages add column media_kind text;
alter table messages add column is_detached integer not null default 0;
update messages set media_id = content ->> '$.media.id', media_kind = case
    when kind in ('image', 'video', 'audio', 'document', 'sticker') then kind
    when content ->> '$.media.mimeType' like 'image/%' then 'image'
    when content ->> '$.media.mimeType' like 'video/%' then 'video'
    when content ->> '$.media.mimeType' like 'audio/%' then 'audio'
    else 'document' end
where content like '%"media":{%';
create index messages_by_media on messages (media_id) where media_id is not null;
create index messages_with_media on messages (conversation_key, sent_at) where media_kind is not null;
create index messages_by_media_kind on messages (media_kind) where media_kind is not null;

-- Names as they are searched: without accents and case, every word between blanks. Read whole, out of one index.
alter table patients add column search_name text not null default '';
alter table patients add column phone_digits text not null default '';
update patients set search_name = searchable_name(name, profile_name),
  phone_digits = coalesce(replace(phone, '+', ''), '');
create index patients_by_search on patients (search_name, phone_digits, id);

alter table outbox add column hold_until integer;
alter table drafts add column caret integer;
alter table drafts add column reply_to text;
alter table drafts add column files text;

-- Files of this PC's own; media is what is known once all of a file is there.
create table local_files (
  file_id text primary key,
  media text,
  file_name text not null,
  mime_type text not null,
  size_bytes integer not null,
  is_voice integer not null,
  is_uploaded integer not null,
  added_at integer not null
) without rowid;

-- Words of messages and names of their files. Which word stands where is not kept: a search asks for words only, and an
-- index without places is smaller and faster to write. What is held already is indexed afterwards, newest first
-- (queries/search-index.ts): here it would keep the app from starting.
drop table messages_fts;
drop view searchable_messages;
create view searchable_messages as
select ordinal, concat_ws(char(10), text, content ->> '$.media.fileName') as text from messages
where kind <> 'system' and (text is not null or content ->> '$.media.fileName' is not null);
create virtual table messages_fts using fts5 (
  text,
  content = 'searchable_messages',
  content_rowid = 'ordinal',
  tokenize = "unicode61 remove_diacritics 2",
  prefix = '2 3',
  detail = none
);
update sync_state set search_from = coalesce((select max(ordinal) + 1 from messages), 0);
`;
