import type { MessageContent } from '@recado/protocol';
import type { Body, InboundFile } from './items.ts';
import { firstText, readList, readNumber, readObject, readText, type JsonObject } from './read.ts';

/**
 * What a person reads of each kind of message. `text` is only ever the patient's own words or choice: what the app
 * can say by itself ("photo", "location") it says in its own language.
 */
type BodyReader = (part: JsonObject, message: JsonObject) => Body;

/** Meta writes hashes in base64; the hash of anything else is no hash. */
function hashOf(value: unknown): string | null {
  const bytes = Buffer.from(readText(value) ?? '', 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : null;
}

function fileOf(part: JsonObject): { file: InboundFile } | null {
  const graphId = readText(part['id']);
  if (graphId === null) return null;
  return { file: { graphId, sha256: hashOf(part['sha256']), url: readText(part['url']) } };
}

function media(kind: string): BodyReader {
  return (part) => {
    const fileName = readText(part['filename']);
    return {
      kind,
      text: firstText(part['caption'], fileName),
      content: {
        media: {
          id: null,
          mimeType: readText(part['mime_type']) ?? 'application/octet-stream',
          fileName,
          sizeBytes: null,
          voice: part['voice'] === true,
          sha256: null,
          width: null,
          height: null,
          durationMs: null,
          waveform: null,
          failure: null,
        },
      },
      ...fileOf(part),
    };
  };
}

const location: BodyReader = (part) => {
  const name = readText(part['name']);
  const address = readText(part['address']);
  const inRange = (value: unknown, most: number) => {
    const degrees = readNumber(value);
    return degrees !== null && Math.abs(degrees) <= most ? degrees : null;
  };
  return {
    kind: 'location',
    text: [name, address].filter((line) => line !== null).join('\n') || null,
    content: {
      location: {
        latitude: inRange(part['latitude'], 90),
        longitude: inRange(part['longitude'], 180),
        name,
        address,
      },
    },
  };
};

function contactCard(value: unknown): NonNullable<MessageContent['contacts']>[number] {
  const card = readObject(value) ?? {};
  const names = readObject(card['name']) ?? {};
  const texts = (list: unknown, ...keys: string[]) =>
    readList(list)
      .map((entry) => firstText(...keys.map((key) => readObject(entry)?.[key])))
      .filter((text) => text !== null);
  const phones = texts(card['phones'], 'phone', 'wa_id');
  const emails = texts(card['emails'], 'email');
  const parts = ['first_name', 'middle_name', 'last_name'].map((key) => readText(names[key]));
  const name = firstText(
    names['formatted_name'],
    parts.filter((part) => part !== null).join(' '),
    readObject(card['org'])?.['company'],
    phones[0],
    emails[0],
  );
  return { name: name ?? '', phones, emails };
}

function contacts(message: JsonObject): Body {
  const cards = readList(message['contacts']).map(contactCard);
  const names = cards.map(({ name }) => name).filter((name) => name !== '');
  return { kind: 'contacts', text: names.join(', ') || null, content: { contacts: cards } };
}

function chosen(
  kind: string,
  title: string | null,
  description: string | null,
  payload: string | null,
): Body {
  return {
    kind,
    text: title ?? payload,
    content: { choice: { title: title ?? payload ?? '', description, payload } },
  };
}

/** A filled-in form: its answers, without the token that only the form's server understands. */
function form(reply: JsonObject): Body {
  let answers: JsonObject = {};
  try {
    answers = readObject(JSON.parse(readText(reply['response_json']) ?? '')) ?? {};
  } catch {
    // Not the JSON it should be: the form's name is all there is to show.
  }
  const fields = Object.entries(answers)
    .filter(([name]) => name !== 'flow_token')
    .map(([name, value]) => ({
      name: readText(name) ?? '',
      value: readText(value) ?? (value === null ? '' : (readText(JSON.stringify(value)) ?? '')),
    }));
  return {
    kind: 'interactive',
    text:
      fields
        .map(({ value }) => value)
        .filter(Boolean)
        .join('\n') || firstText(reply['body'], reply['name']),
    content: { form: fields },
  };
}

const interactive: BodyReader = (part) => {
  const pressed = readObject(part['button_reply']) ?? readObject(part['list_reply']);
  if (pressed) {
    return chosen(
      'interactive',
      readText(pressed['title']),
      readText(pressed['description']),
      readText(pressed['id']),
    );
  }
  const filledIn = readObject(part['nfm_reply']);
  if (filledIn) return form(filledIn);
  return unsupported(readText(part['type']) ?? 'interactive');
};

const order: BodyReader = (part) => {
  const items = readList(part['product_items']).map((item) => {
    const { product_retailer_id, quantity, item_price, currency } = readObject(item) ?? {};
    return {
      product: readText(product_retailer_id) ?? '',
      quantity: readText(quantity) ?? '',
      price: readText(item_price) ?? '',
      currency: readText(currency) ?? '',
    };
  });
  return {
    kind: 'order',
    text:
      readText(part['text']) ??
      (items.map(({ product, quantity }) => `${quantity} × ${product}`).join('\n') || null),
    content: { order: items },
  };
};

/** Something WhatsApp, or this relay, cannot show: a placeholder, so that nobody waits for an answer in vain. */
export function unsupported(type: string | null): Body {
  return { kind: 'unsupported', text: null, content: { unsupportedType: type } };
}

const readers: Record<string, BodyReader> = {
  text: (part) => ({ kind: 'text', text: readText(part['body']), content: {} }),
  image: media('image'),
  video: media('video'),
  audio: media('audio'),
  document: media('document'),
  sticker: media('sticker'),
  location,
  button: (part) => chosen('button', readText(part['text']), null, readText(part['payload'])),
  interactive,
  order,
};

/** The type a message has, or that its parts betray when Meta left it out. */
function typeOf(message: JsonObject): string | null {
  const type = readText(message['type']);
  if (type !== null) return type;
  if (Array.isArray(message['contacts'])) return 'contacts';
  return Object.keys(readers).find((kind) => readObject(message[kind]) !== null) ?? null;
}

/** What may accompany any kind. */
function surroundings(message: JsonObject): MessageContent {
  const referral = readObject(message['referral']);
  const context = readObject(message['context']);
  const forwarded = context?.['forwarded'] === true || context?.['frequently_forwarded'] === true;
  return {
    ...(referral
      ? {
          referral: {
            headline: readText(referral['headline']),
            body: readText(referral['body']),
            url: readText(referral['source_url']),
          },
        }
      : {}),
    ...(forwarded ? { forwarded } : {}),
  };
}

/** Any message as something to show; never fails, at worst it is `unsupported`. */
export function readBody(message: JsonObject): Body {
  const type = typeOf(message);
  const body = readKnown(message, type) ?? unsupported(unsupportedType(message, type));
  return { ...body, content: { ...body.content, ...surroundings(message) } };
}

function readKnown(message: JsonObject, type: string | null): Body | null {
  if (type === 'contacts') return Array.isArray(message['contacts']) ? contacts(message) : null;
  const part = type === null ? null : readObject(message[type]);
  const reader = type !== null && Object.hasOwn(readers, type) ? readers[type] : undefined;
  return part && reader ? reader(part, message) : null;
}

function unsupportedType(message: JsonObject, type: string | null): string | null {
  const named = readText(readObject(message['unsupported'])?.['type']);
  return named ?? (type === 'unsupported' || type === 'unknown' ? null : type);
}
