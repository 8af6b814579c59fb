import type { Migration } from '../migrate.ts';

export const botSessions: Migration = {
  version: 90,
  name: 'when the session of a bot began, and when the bot spoke last',
  sql: `
    alter table conversations
      -- Feed number since which the bot has had it, while it has.
      add column bot_since_seq bigint,
      -- When the bot last spoke, or was given it.
      add column bot_spoke_at timestamptz;

    alter table conversations no force row level security;
    alter table messages no force row level security;
    update conversations c set bot_since_seq = greatest(c.decided_seq, (
      select max(ordinal) from messages m
      where m.clinic_id = c.clinic_id and m.conversation_id = c.id and m.author_kind in ('agent', 'phone')))
    where c.handler = 'bot' and not c.spam and not c.closed;
    alter table messages force row level security;
    alter table conversations force row level security;

    create index conversations_by_bot_session
      on conversations (clinic_id, coalesce(bot_spoke_at, last_interaction_at, last_activity_at))
      where handler = 'bot' and not spam and not closed;
  `,
};
