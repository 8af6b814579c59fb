/** Whether WhatsApp keeps a patient and the clinic apart is known of every conversation. */
import type { Migration } from '../migrate.ts';

export const blocks: Migration = {
  version: 70,
  name: 'blocks',
  up(connection) {
    connection.exec(SQL);
  },
};

const SQL = `
update conversations set
  relay_json = iif(relay_json is null, null, json_set(relay_json, '$.blockState', 'none')),
  prediction_json = iif(prediction_json is null, null, json_set(prediction_json, '$.blockState', 'none'));
`;
