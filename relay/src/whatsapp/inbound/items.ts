import type { MessageContent } from '@recado/protocol';

/** Whose number or account a webhook speaks of, as Meta names it. */
export interface Route {
  phoneNumberId: string | null;
  wabaId: string | null;
  /** Digits of the business number. */
  displayPhone: string | null;
}

/** How a webhook names a person. Every part may be missing; together they are never all missing. */
export interface Person {
  /** WhatsApp's own ids as given: usually the phone's digits, but not always. */
  whatsappIds: string[];
  /** Business-scoped user id, verbatim. */
  userId: string | null;
  profileName: string | null;
}

/** What a person reads of a message, and its parts. */
export interface Body {
  kind: string;
  text: string | null;
  content: MessageContent;
}

/** One thing a webhook says. Times are epoch milliseconds by WhatsApp's clock, null when it gave none. */
export type InboundItem = { route: Route } & (
  | {
      type: 'message';
      wamid: string;
      sender: Person;
      sentAt: number | null;
      body: Body;
      replyTo: string | null;
    }
  | {
      type: 'reaction';
      target: string;
      /** Null takes the reaction away. */
      emoji: string | null;
      sender: Person;
      sentAt: number | null;
    }
  | {
      type: 'status';
      wamid: string;
      status: string;
      at: number | null;
      /** What we sent along as `biz_opaque_callback_data`: our own message id. */
      callbackData: string | null;
      error: { code: string; title: string | null } | null;
    }
  | { type: 'edit'; target: string; body: Body; at: number | null }
  | { type: 'revoke'; target: string; at: number | null }
  | {
      type: 'echo';
      wamid: string;
      recipient: Person;
      sentAt: number | null;
      body: Body;
      replyTo: string | null;
    }
  | {
      type: 'identity';
      event: string;
      wamid: string | null;
      before: Person;
      after: Person;
      at: number | null;
    }
  | { type: 'preference'; person: Person; category: string; value: string }
  | {
      type: 'template';
      event: string;
      name: string;
      language: string | null;
      status: string | null;
      category: string | null;
    }
  | { type: 'notice'; event: string; code: string | null }
  | { type: 'ignored'; reason: string; field: string | null }
  | { type: 'quarantined'; reason: string; field: string | null }
);

export type ItemOf<Type extends InboundItem['type']> = Extract<InboundItem, { type: Type }>;
