import type { InboundItem, Route } from './items.ts';
import { readEcho, readMessagesField, type UnroutedItem } from './messages-field.ts';
import { personOf, isSomebody } from './person.ts';
import { firstText, readList, readObject, readText, type JsonObject } from './read.ts';

/** Fields that concern neither a conversation nor a template; kept raw like everything else. */
const FIELDS_WITHOUT_EFFECT: Record<string, string> = {
  history: 'history_is_not_imported',
  smb_app_state_sync: 'contacts_are_not_imported',
  standby: 'another_app_holds_the_thread',
  messaging_handovers: 'another_app_holds_the_thread',
};

/** Events that are the template's status from then on, and those that stand for another one; the rest change none. */
const TEMPLATE_STATUSES = new Map([
  ...[
    'APPROVED', 'REJECTED', 'PENDING', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'LOCKED', 'DELETED',
    'PENDING_DELETION', 'ARCHIVED',
  ].map((event) => [event, event] as const), // prettier-ignore
  ['REINSTATED', 'APPROVED'],
  ['UNARCHIVED', 'APPROVED'],
] as const);

/** Meta says it in one of several places, or with a word for nothing. */
function readReason(value: JsonObject): string | null {
  const rejection = readObject(value['rejection_info']);
  const other = readObject(value['other_info']);
  const said = [rejection?.['reason'], value['reason'], other?.['description'], other?.['title']];
  return firstText(...said.filter((reason) => reason !== 'NONE'));
}

function readTemplate(field: string, value: JsonObject): UnroutedItem {
  const name = firstText(value['message_template_name'], value['name']);
  if (name === null) return { type: 'quarantined', reason: 'template_without_name', field };
  const isStatus = field === 'message_template_status_update';
  return {
    type: 'template',
    event: isStatus ? (readText(value['event']) ?? 'unknown') : field,
    name,
    language: firstText(value['message_template_language'], value['language']),
    status: isStatus ? (TEMPLATE_STATUSES.get((readText(value['event']) ?? '') as 'APPROVED') ?? null) : null,
    quality: readText(value['new_quality_score']),
    reason: isStatus ? readReason(value) : null,
    category: firstText(value['new_category'], isStatus ? value['message_template_category'] : null),
  };
}

function readPreference(input: unknown): UnroutedItem {
  const preference = readObject(input) ?? {};
  const person = personOf(preference['wa_id'], preference['user_id']);
  const value = readText(preference['value']);
  if (!isSomebody(person) || value === null) {
    return { type: 'quarantined', reason: 'preference_is_incomplete', field: 'user_preferences' };
  }
  return { type: 'preference', person, category: readText(preference['category']) ?? '', value };
}

function readField(field: string | null, value: JsonObject | null, route: Route): UnroutedItem[] {
  if (field === null || value === null) {
    return [{ type: 'quarantined', reason: 'change_is_incomplete', field }];
  }
  switch (field) {
    case 'messages':
      return readMessagesField(value, route);
    case 'smb_message_echoes':
      return readList(value['message_echoes']).map(readEcho);
    case 'user_preferences':
      return readList(value['user_preferences']).map(readPreference);
    case 'message_template_status_update':
    case 'message_template_quality_update':
    case 'message_template_components_update':
    case 'template_category_update':
      return [readTemplate(field, value)];
    default:
      return [{ type: 'ignored', reason: FIELDS_WITHOUT_EFFECT[field] ?? 'field_is_not_used', field }];
  }
}

function readChange(input: unknown, wabaId: string | null): InboundItem[] {
  const change = readObject(input);
  const value = readObject(change?.['value']);
  const metadata = readObject(value?.['metadata']);
  const route: Route = {
    phoneNumberId: readText(metadata?.['phone_number_id']),
    wabaId,
    displayPhone: readText(metadata?.['display_phone_number'])?.replace(/\D/g, '') || null,
  };
  return readField(readText(change?.['field']), value, route).map((item) => ({ ...item, route }));
}

const NOWHERE: Route = { phoneNumberId: null, wabaId: null, displayPhone: null };

/**
 * Everything a webhook says, in its order. Never throws: one odd element becomes one quarantined item and its
 * siblings are read as if it were not there.
 */
export function parseWebhook(body: Buffer): InboundItem[] {
  let input: JsonObject | null;
  try {
    input = readObject(JSON.parse(body.toString('utf8')));
  } catch {
    return [{ type: 'quarantined', reason: 'not_json', field: null, route: NOWHERE }];
  }
  if (!input) return [{ type: 'quarantined', reason: 'not_an_object', field: null, route: NOWHERE }];
  if (input['object'] !== 'whatsapp_business_account') {
    return [{ type: 'ignored', reason: 'not_a_whatsapp_webhook', field: null, route: NOWHERE }];
  }
  if (!Array.isArray(input['entry'])) {
    return [{ type: 'quarantined', reason: 'entry_is_missing', field: null, route: NOWHERE }];
  }
  const items = input['entry'].flatMap((element) => {
    const entry = readObject(element);
    const wabaId = readText(entry?.['id']);
    if (!entry || !Array.isArray(entry['changes'])) {
      return [
        {
          type: 'quarantined' as const,
          reason: 'entry_is_incomplete',
          field: null,
          route: { ...NOWHERE, wabaId },
        },
      ];
    }
    return entry['changes'].flatMap((change) => readChange(change, wabaId));
  });
  return items.length > 0
    ? items
    : [{ type: 'ignored', reason: 'nothing_in_it', field: null, route: NOWHERE }];
}
