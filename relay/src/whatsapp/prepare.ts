import { serviceWindow, type Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { ConversationRow } from '../db/conversations.ts';
import type { Client } from '../db/database.ts';
import { findMessage, type MessageRow } from '../db/messages.ts';
import type { Logger } from '../logger.ts';
import { findMedia, type MediaRow } from '../media/media.ts';
import { findTemplate } from '../templates/templates.ts';
import { openAccessToken } from './access-token.ts';
import type { ApplyScope } from './apply/scope.ts';
import type { GraphSender, OutgoingMessage } from './graph-client.ts';
import { findGraphMedia } from './graph-media.ts';
import { graphContent } from './outgoing-content.ts';

/** Refusals of our own, beside Meta's codes. */
export const Failure = {
  windowClosed: { code: 'window_closed', title: null },
  noRecipient: { code: 'no_recipient', title: null },
  numberNotConnected: { code: 'number_not_connected', title: null },
  mediaNotFound: { code: 'media_not_found', title: null },
  templateNotSendable: { code: 'template_not_sendable', title: null },
  noAnswer: { code: 'no_answer', title: null },
} as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

/** Why a message cannot be sent at all any more, the file Meta has to have first, or the call to make. */
export type Prepared =
  | { kind: 'failure'; failure: Failure }
  | { kind: 'upload'; sender: GraphSender; media: MediaRow }
  | { kind: 'send'; message: OutgoingMessage };

interface PrepareDeps {
  secrets: SecretBox;
  logger: Logger;
}

/** Who a conversation is with, and what speaks for the clinic. */
export async function addressOf(
  deps: PrepareDeps,
  client: Client,
  conversation: Pick<ConversationRow, 'clinicId' | 'patientId' | 'numberId'>,
): Promise<{ phone: string | null; userId: string | null; accessToken: string | null }> {
  const { clinicId, patientId, numberId } = conversation;
  const { rows } = await client.query<{
    phone: string | null;
    userId: string | null;
    token: Buffer | null;
  }>(
    `select phone, whatsapp_user_id as "userId", access_token as token
     from patients left join numbers
       on numbers.clinic_id = patients.clinic_id and phone_number_id = $3
     where patients.clinic_id = $1 and id = $2`,
    [clinicId, patientId, numberId],
  );
  const { phone, userId, token } = rows[0] ?? { phone: null, userId: null, token: null };
  return { phone, userId, accessToken: openAccessToken(deps, clinicId, token) };
}

async function fileOf(scope: ApplyScope, message: MessageRow, numberId: string) {
  const { client, clinicId, now } = scope;
  const mediaId: Id | null = message.content.media?.id ?? null;
  if (message.content.media === undefined) return { media: null, graphId: null };
  const media = mediaId === null ? null : await findMedia(client, clinicId, mediaId);
  if (!media || media.completedAt === null) return null;
  const known = await findGraphMedia(client, { clinicId, numberId, media }, now);
  return { media, graphId: known?.graphId ?? null };
}

/** Looks at everything once more, right before the call: hours may have passed since it was written. */
export async function prepare(
  deps: PrepareDeps,
  scope: ApplyScope,
  message: MessageRow,
  conversation: ConversationRow,
): Promise<Prepared> {
  const { client, clinicId, now } = scope;
  const { numberId } = conversation;
  const fails = (failure: Failure): Prepared => ({ kind: 'failure', failure });
  if (message.kind !== 'template') {
    const isLate = message.notAfter !== null && now >= message.notAfter;
    if (isLate || serviceWindow(conversation, now).state !== 'open') return fails(Failure.windowClosed);
  }
  const { phone, userId, accessToken } = await addressOf(deps, client, conversation);
  if (phone === null && userId === null) return fails(Failure.noRecipient);
  if (accessToken === null) return fails(Failure.numberNotConnected);
  const sender = { phoneNumberId: numberId, accessToken };
  const file = await fileOf(scope, message, numberId);
  if (file === null) return fails(Failure.mediaNotFound);
  if (file.media !== null && file.graphId === null) return { kind: 'upload', sender, media: file.media };
  const content = graphContent(message, {
    template: message.outgoing ? await findTemplate(client, clinicId, message.outgoing.templateId) : null,
    file: file.media !== null && file.graphId !== null ? { ...file.media, graphId: file.graphId } : null,
  });
  if (content === null) return fails(Failure.templateNotSendable);
  const replyTo = message.replyTo === null ? null : await findMessage(client, clinicId, message.replyTo);
  return {
    kind: 'send',
    message: {
      ...sender,
      phone,
      userId,
      content,
      replyTo: replyTo?.wamid ?? null,
      callbackData: message.id,
    },
  };
}
