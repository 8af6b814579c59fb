import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseWebhook } from './parse-webhook.ts';

const samples = join(import.meta.dirname, '../../../../../shared/fixtures/whatsapp-webhooks');

describe.skipIf(!existsSync(samples))('public samples (skipped where ../shared/fixtures is absent)', () => {
  const EXPECTED: Record<string, string[]> = {
    'netflie-01-button-everything.json': ['button: No'],
    'netflie-02-two-changes-same-wamid.json': ['text: MESSAGE_BODY', 'text: MESSAGE_BODY2'],
    'netflie-03-unreaction.json': ['reaction null'],
    'netflie-04-type-unknown.json': ['unsupported: null'],
    'netflie-05-location-strings.json': ['location: LOCATION_NAME\nLOCATION_ADDRESS'],
    'netflie-06-contacts-full.json': ['contacts: CONTACT_FORMATTED_NAME'],
    'netflie-07-button-int-timestamp.json': ['button: No'],
    'netflie-08-nfm-reply.json': ['interactive: Email\nID'],
    'netflie-09-order.json': ['order: text-message-sent-along-with-the-order'],
    'netflie-10-system-customer-field.json': ['identity'],
    'netflie-11-status-read-minimal.json': ['status read'],
    'netflie-12-status-failed-131053.json': ['status failed 131053'],
    'netflie-13-contact-no-profile.json': ['text: MESSAGE_BODY'],
    'netflie-14-bsuid-no-phone.json': ['text: MESSAGE_BODY'],
    'netflie-15-bsuid-and-phone.json': ['text: MESSAGE_BODY'],
    'pius-01-batch-text-and-reaction.json': ['text: Hello from a text message', 'reaction 👍'],
    'pius-02-batch-two-changes.json': ['text: Hello from a text message', 'preference'],
    'pius-03-batch-mixed-missing-type.json': [
      'text: Hello from a text message!',
      'location: San Francisco\nMarket Street',
      'reaction 👍',
      'sticker: null',
      'preference',
      'preference',
    ],
    'pius-04-button-from-business-number.json': ['button: No'],
    'pius-05-ad-referral.json': ['text: Hi from an ad click!'],
    'pius-06-system-new-wa-id-legacy.json': ['identity'],
    'pius-07-status-sent-user-initiated.json': ['status sent'],
    'pius-08-account-settings-update.json': ['ignored'],
    'pius-09-group-suspend.json': ['ignored'],
    'pius-10-automatic-events-unknown.json': ['ignored'],
    'pius-11-unknown-field.json': ['ignored'],
    'pius-12-empty-entry.json': ['ignored'],
    'pius-13-wrong-object.json': ['ignored'],
    'pius-14-template-status-approved-min.json': ['template'],
  };
  const files = existsSync(samples) ? readdirSync(samples).filter((name) => name.endsWith('.json')) : [];
  test.each(files)('%s', (file) => {
    const items = parseWebhook(readFileSync(join(samples, file))).map((item) => {
      if (item.type === 'message') return `${item.body.kind}: ${item.body.text}`;
      if (item.type === 'reaction') return `reaction ${item.emoji}`;
      if (item.type === 'status') return ['status', item.status, item.error?.code].filter(Boolean).join(' ');
      return item.type;
    });
    expect(items).toEqual(EXPECTED[file]);
  });
});
