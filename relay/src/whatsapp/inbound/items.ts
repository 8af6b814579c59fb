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

/** Where Meta keeps a file of a message. */
export interface InboundFile {
  /** Meta's id, good for seven days. */
  graphId: string;
  /** Hexadecimal; null when the webhook gave none. */
  sha256: string | null;
  /** Good for five minutes. */
  url: string | null;
}

/** What a person reads of a message, and its parts. */
export interface Body {
  kind: string;
  text: string | null;
  content: MessageContent;
  file?: InboundFile;
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
      quality: string | null;
      /** Why it was rejected or paused. */
      reason: string | null;
    }
  | { type: 'notice'; event: string; code: string | null }
  | { type: 'ignored'; reason: string; field: string | null }
  | { type: 'quarantined'; reason: string; field: string | null }
);

export type ItemOf<Type extends InboundItem['type']> = Extract<InboundItem, { type: Type }>;
