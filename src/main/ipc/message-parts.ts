/** How words and files become messages: WhatsApp takes one file to a message, and words only under some kinds. */
import type { OutgoingMedia } from '@recado/protocol';

/** Longest words under a file, in characters. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
export const CAPTION_MAX_LENGTH = 1_024;

export interface MessagePart {
  text: string | null;
  media: OutgoingMedia | null;
}

const canCarryWords = ({ kind }: OutgoingMedia) =>
  kind === 'image' || kind === 'video' || kind === 'document';

/**
 * One message per file, in order. The words go under the first file that can carry some, if they fit there and it has none
 * of its own; otherwise they go before, as a message of their own. Words under a sound go before it.
 */
export function toMessageParts(
  text: string,
  attachments: { media: OutgoingMedia; caption: string | null }[],
): MessagePart[] {
  const carrier = attachments.find(({ media }) => canCarryWords(media));
  const isUnder =
    text !== '' && carrier !== undefined && carrier.caption === null && text.length <= CAPTION_MAX_LENGTH;
  const parts: MessagePart[] = text === '' || isUnder ? [] : [{ text, media: null }];
  for (const attachment of attachments) {
    const { media } = attachment;
    const words = isUnder && attachment === carrier ? text : attachment.caption;
    if (words !== null && !canCarryWords(media)) parts.push({ text: words, media: null });
    parts.push({ text: words !== null && canCarryWords(media) ? words : null, media });
  }
  return parts;
}
