import type { InboundItem, Route } from './items.ts';
import { readBody } from './body.ts';
import { isSomebody, personOf, readSender } from './person.ts';
import { firstText, readList, readObject, readText, readUnixTime, type JsonObject } from './read.ts';

type WithoutRoute<Item> = Item extends unknown ? Omit<Item, 'route'> : never;
export type UnroutedItem = WithoutRoute<InboundItem>;

const quarantined = (reason: string, field = 'messages'): UnroutedItem => ({
  type: 'quarantined',
  reason,
  field,
});
const ignored = (reason: string, field = 'messages'): UnroutedItem => ({ type: 'ignored', reason, field });

/** One element of `messages`. */
function readMessage(input: unknown, value: JsonObject, route: Route): UnroutedItem {
  const message = readObject(input);
  if (!message) return quarantined('message_is_not_an_object');
  if (readText(message['group_id']) !== null) return ignored('group_message');
  const type = readText(message['type']);
  if (type === 'system') return readSystem(message);

  const wamid = readText(message['id']);
  const sentAt = readUnixTime(message['timestamp']);
  const sender = readSender(message, value, route.displayPhone);
  const part = type === null ? null : readObject(message[type]);
  if (type === 'reaction') {
    const target = readText(part?.['message_id']);
    if (target === null) return quarantined('reaction_without_message');
    return { type: 'reaction', target, emoji: readText(part?.['emoji']), sender, sentAt };
  }
  if (type === 'edit' || type === 'revoke') return readCorrection(type, part, sentAt);
  if (wamid === null) return quarantined('message_without_id');
  if (!isSomebody(sender)) return quarantined('message_without_sender');
  const replyTo = readText(readObject(message['context'])?.['id']);
  return {
    type: 'message',
    wamid,
    sender,
    sentAt,
    body: readBody(message),
    replyTo: replyTo === wamid ? null : replyTo,
  };
}

/** An edit or a deletion by whoever wrote the message. */
export function readCorrection(
  type: 'edit' | 'revoke',
  part: JsonObject | null,
  at: number | null,
): UnroutedItem {
  const target = readText(part?.['original_message_id']);
  if (target === null) return quarantined(`${type}_without_message`);
  if (type === 'revoke') return { type, target, at };
  const edited = readObject(part?.['message']);
  return edited ? { type, target, body: readBody(edited), at } : quarantined('edit_without_content');
}

/** The patient's number or user id changed, in the spellings of three generations; or something to know only. */
function readSystem(message: JsonObject): UnroutedItem {
  const system = readObject(message['system']) ?? {};
  const event = firstText(system['type']) ?? 'unknown';
  const after = personOf(firstText(system['wa_id'], system['new_wa_id']), system['user_id']);
  const before = {
    ...personOf(message['from'], firstText(system['previous_user_id'], message['from_user_id'])),
  };
  const customer = readText(system['customer']);
  if (customer !== null && !before.whatsappIds.includes(customer)) before.whatsappIds.push(customer);
  if (!isSomebody(after) || !isSomebody(before) || event === 'customer_identity_changed') {
    return { type: 'notice', event, code: null };
  }
  return {
    type: 'identity',
    event,
    wamid: readText(message['id']),
    before,
    after,
    at: readUnixTime(message['timestamp']),
  };
}

/** The first error of a list, by its code. */
function readError(errors: unknown): { code: string; title: string | null } | null {
  const error = readObject(readList(errors)[0]);
  if (!error) return null;
  return {
    code: readText(error['code']) ?? 'unknown',
    title: firstText(error['title'], error['message'], readObject(error['error_data'])?.['details']),
  };
}

/** One element of `statuses`. */
function readStatus(input: unknown): UnroutedItem {
  const status = readObject(input);
  const wamid = readText(status?.['id']);
  const word = readText(status?.['status']);
  if (!status || wamid === null || word === null) return quarantined('status_without_message');
  if (readText(status['type']) === 'call') return ignored('call_status');
  return {
    type: 'status',
    wamid,
    status: word,
    at: readUnixTime(status['timestamp']),
    callbackData: readText(status['biz_opaque_callback_data']),
    error: readError(status['errors']),
  };
}

/** Everything in a change of the field `messages`, in the order given. */
export function readMessagesField(value: JsonObject, route: Route): UnroutedItem[] {
  const messages = readList(value['messages']).map((message) => readMessage(message, value, route));
  const statuses = readList(value['statuses']).map(readStatus);
  const items = [...messages, ...statuses];
  if (items.length > 0) return items;
  const error = readError(value['errors']);
  return error ? [{ type: 'notice', event: 'channel_error', code: error.code }] : [ignored('nothing_in_it')];
}

/** One message typed on the clinic's own phone. */
export function readEcho(input: unknown): UnroutedItem {
  const message = readObject(input);
  const field = 'smb_message_echoes';
  if (!message) return quarantined('message_is_not_an_object', field);
  const type = readText(message['type']);
  const sentAt = readUnixTime(message['timestamp']);
  if (type === 'edit' || type === 'revoke') return readCorrection(type, readObject(message[type]), sentAt);
  const wamid = readText(message['id']);
  const recipient = personOf(message['to'], message['to_user_id']);
  if (wamid === null) return quarantined('message_without_id', field);
  if (!isSomebody(recipient)) return quarantined('message_without_recipient', field);
  return {
    type: 'echo',
    wamid,
    recipient,
    sentAt,
    body: readBody(message),
    replyTo: readText(readObject(message['context'])?.['id']),
  };
}
