import { firstText, readList, readObject, readText, type JsonObject } from './read.ts';
import type { Person } from './items.ts';

function distinct(...ids: (string | null)[]): string[] {
  return [...new Set(ids.filter((id): id is string => id !== null))];
}

export function isSomebody(person: Person): boolean {
  return person.whatsappIds.length > 0 || person.userId !== null;
}

/**
 * The sender of a message: what the message itself says, completed by the contact that belongs to it. A contact
 * belongs by value, never by its place in the list; only a single contact may speak for a message it does not
 * match, since ids and numbers of the same person need not agree.
 */
export function readSender(message: JsonObject, value: JsonObject, businessPhone: string | null): Person {
  const from = readText(message['from']);
  const fromUserId = readText(message['from_user_id']);
  const contacts = readList(value['contacts'])
    .map(readObject)
    .filter((contact) => contact !== null);
  const contact =
    contacts.find(({ user_id }) => fromUserId !== null && readText(user_id) === fromUserId) ??
    contacts.find(({ wa_id }) => from !== null && readText(wa_id) === from) ??
    (contacts.length === 1 ? contacts[0] : undefined);
  const contactId = readText(contact?.['wa_id']);
  // Some senders put the business number into `from`: the contact is who really wrote.
  const isBusiness = from !== null && from.replace(/\D/g, '') === businessPhone && contactId !== null;
  return {
    // An id of the contact that the message does not confirm is not taken for the sender's own.
    whatsappIds: distinct(isBusiness ? null : from, from === null || isBusiness ? contactId : null),
    userId: fromUserId ?? readText(contact?.['user_id']),
    profileName: readText(readObject(contact?.['profile'])?.['name']),
  };
}

/** Somebody named by ids alone. */
export function personOf(whatsappId: unknown, userId: unknown): Person {
  return { whatsappIds: distinct(readText(whatsappId)), userId: firstText(userId), profileName: null };
}
