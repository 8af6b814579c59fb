/** Patients the bot leaves waiting are counted and listed like those people leave without an answer. */
import type { Migration } from '../migrate.ts';

export const silentBots: Migration = {
  version: 60,
  name: 'silent-bots',
  up(connection) {
    connection.exec(SQL);
  },
};

const SQL = `
-- expires_at is the instant at which time alone shows a conversation otherwise: with people it expires, with the bot the
-- patient has waited for ten minutes. With the bot, is_unanswered says that the patient spoke last.
update conversations set is_unanswered = 1,
  expires_at = coalesce(cast(round(unixepoch(shown ->> 'lastInteractionAt', 'subsec') * 1000) as integer), 0) + 600000
from (select key as shown_key, coalesce(prediction_json, relay_json) as shown from conversations)
where key = shown_key and queue = 'bot' and shown ->> 'lastMessageDirection' = 'inbound';
`;
