import {
  checkTemplateValues,
  OUTGOING_LIMIT_BYTES,
  outgoingKind,
  readTemplate,
  RefusalCode,
  renderTemplate,
  type CommandArguments,
  type MessageContent,
  type OutgoingMedia,
} from '@recado/protocol';
import type { ConversationRow } from '../db/conversations.ts';
import type { NewMessage } from '../db/messages.ts';
import { findMedia } from '../media/media.ts';
import { findTemplate } from '../templates/templates.ts';
import { cleanText, type CommandScope } from './scope.ts';

type Composed = Pick<NewMessage, 'kind' | 'text'> & {
  content: MessageContent;
  outgoing: NonNullable<NewMessage['outgoing']> | null;
};
type Refused = { refusal: string };
type ComposingScope = Pick<CommandScope, 'client' | 'clinicId'>;

/** A file as the message shows it: what the relay has under that id, and what only its sender could measure. */
async function fileOf(
  { client, clinicId }: ComposingScope,
  media: OutgoingMedia,
): Promise<{ media: NonNullable<MessageContent['media']> } | Refused> {
  const row = await findMedia(client, clinicId, media.mediaId);
  if (!row || row.completedAt === null) return { refusal: RefusalCode.mediaNotFound };
  const isWhatItSays =
    row.sha256 === media.sha256 &&
    outgoingKind(row.mimeType) === media.kind &&
    row.sizeBytes <= OUTGOING_LIMIT_BYTES[media.kind];
  if (!isWhatItSays) return { refusal: RefusalCode.invalidArguments };
  const { width, height, durationMs, waveform, voice } = media;
  return {
    media: {
      id: row.id,
      mimeType: row.mimeType,
      fileName: cleanText(media.fileName),
      sizeBytes: row.sizeBytes,
      sha256: row.sha256,
      voice,
      width,
      height,
      durationMs,
      waveform,
      failure: null,
    },
  };
}

/** A template filled in as the message the thread will show; or why it cannot be sent. */
export async function composeTemplate(
  scope: ComposingScope,
  conversation: Pick<ConversationRow, 'numberId'>,
  args: Pick<CommandArguments<'message.send'>, 'template' | 'media'>,
): Promise<Composed | Refused> {
  const { client, clinicId } = scope;
  const { templateId, values } = args.template ?? {
    templateId: '',
    values: { header: {}, body: {}, buttons: {} },
  };
  const template = await findTemplate(client, clinicId, templateId);
  if (!template) return { refusal: RefusalCode.templateNotFound };
  // Templates belong to the account of one number, and the clinic may have several.
  const { rowCount } = await client.query(
    'select from numbers where clinic_id = $1 and phone_number_id = $2 and waba_id = $3',
    [clinicId, conversation.numberId, template.wabaId],
  );
  if (!rowCount || template.status !== 'APPROVED') return { refusal: RefusalCode.templateNotSendable };
  const read = readTemplate(template);
  if (checkTemplateValues(read, values, args.media !== null).length > 0) {
    return { refusal: RefusalCode.templateValuesInvalid };
  }
  if (args.media !== null && args.media.kind !== read.header.kind) {
    return { refusal: RefusalCode.templateValuesInvalid };
  }
  const file = args.media === null ? null : await fileOf(scope, args.media);
  if (file !== null && 'refusal' in file) return file;
  const { header, body, footer, buttons } = renderTemplate(template, values);
  return {
    kind: 'template',
    text: cleanText(body),
    content: {
      ...file,
      template: {
        name: template.name,
        language: template.language,
        header: header === null ? null : cleanText(header),
        footer,
        buttons: buttons.map(({ type, text }) => ({ type, text })),
      },
    },
    outgoing: { templateId, values },
  };
}

/** What a person wrote, chose and filled in as the message the thread will show; or why it cannot be one. */
export async function composeMessage(
  scope: CommandScope,
  conversation: ConversationRow,
  args: CommandArguments<'message.send'>,
): Promise<Composed | Refused> {
  if (args.template !== null) return composeTemplate(scope, conversation, args);
  const text = args.text === null ? null : cleanText(args.text).trim() || null;
  if (args.media === null) {
    return text === null
      ? { refusal: RefusalCode.invalidArguments }
      : { kind: 'text', text, content: {}, outgoing: null };
  }
  // WhatsApp shows no words with these, and would refuse them.
  const hasCaption = args.media.kind !== 'audio' && args.media.kind !== 'sticker';
  if ((!hasCaption && text !== null) || (text ?? '').length > CAPTION_MAX_LENGTH) {
    return { refusal: RefusalCode.invalidArguments };
  }
  const file = await fileOf(scope, args.media);
  return 'refusal' in file ? file : { kind: args.media.kind, text, content: file, outgoing: null };
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages */
const CAPTION_MAX_LENGTH = 1_024;
