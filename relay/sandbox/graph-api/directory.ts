import { createHash } from 'node:crypto';
import { parsePhone } from '@recado/protocol';

/** A person who has WhatsApp, or a number that has none. */
export interface WhatsappUser {
  /** E.164 with its plus; null when the person hides it behind a username. */
  phone: string | null;
  /** Business-scoped user id, "ES.…". */
  userId: string;
  username: string | null;
  name: string | null;
  onWhatsapp: boolean;
}

/** How a caller names a person: "+34 600…", "34600…" as webhooks write it, or a business-scoped user id. */
export type UserName = string;

export interface Directory {
  /** Adds a person or changes what is known of one. */
  register(user: Partial<WhatsappUser> & ({ phone: string } | { userId: string })): WhatsappUser;
  find(name: UserName): WhatsappUser | null;
  /** The person of that name; a possible number nobody registered counts as somebody on WhatsApp. */
  resolve(name: UserName): WhatsappUser;
}

const isUserId = (name: string) => /^[A-Z]{2}\.[A-Za-z0-9.]+$/.test(name);

/** E.164 of any spelling with or without plus, formatting signs removed. */
function toPhone(name: string): string {
  return `+${name.replace(/\D/g, '')}`;
}

function userIdOf(phone: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(phone).digest('hex').slice(0, 16)}`).toString();
  return `ES.${digits.padStart(20, '9').slice(0, 20)}`;
}

/** WhatsApp's own list of people, as far as the sandbox needs it. */
export function createDirectory(): Directory {
  const byPhone = new Map<string, WhatsappUser>();
  const byUserId = new Map<string, WhatsappUser>();

  const keep = (user: WhatsappUser) => {
    if (user.phone !== null) byPhone.set(user.phone, user);
    byUserId.set(user.userId, user);
    return user;
  };
  const find = (name: UserName) => (isUserId(name) ? byUserId.get(name) : byPhone.get(toPhone(name))) ?? null;

  return {
    find,
    register(changes) {
      const held =
        (changes.userId === undefined ? undefined : byUserId.get(changes.userId)) ??
        (changes.phone ? byPhone.get(toPhone(changes.phone)) : undefined);
      if (held) return keep(Object.assign(held, changes));
      const phone = changes.phone ? toPhone(changes.phone) : null;
      return keep({
        phone,
        userId: changes.userId ?? userIdOf(phone ?? ''),
        username: changes.username ?? null,
        name: changes.name ?? null,
        onWhatsapp: changes.onWhatsapp ?? true,
      });
    },
    resolve(name) {
      const held = find(name);
      if (held) return held;
      if (isUserId(name)) {
        return { phone: null, userId: name, username: null, name: null, onWhatsapp: false };
      }
      const phone = toPhone(name);
      return keep({
        phone,
        userId: userIdOf(phone),
        username: null,
        name: null,
        onWhatsapp: parsePhone(phone) !== null,
      });
    },
  };
}

/** The key of a person in the sandbox's own records. */
export function userKey(user: WhatsappUser): string {
  return user.userId;
}
