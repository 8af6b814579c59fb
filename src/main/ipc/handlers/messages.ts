import {
  checkTemplateValues,
  fillQuickReply,
  flattenValue,
  freeWritingField,
  isMediaHeader,
  newId,
  parsePhone,
  phoneDigits,
  readTemplate,
  toTimestamp,
  type Command,
  type OutgoingMedia,
  type SuggestionFacts,
} from '@recado/protocol';
import type { ConversationDetail, Directory, Reply } from '../../../shared/contract/index.ts';
import { askToSend, commandOf, findMedia, holdUntil, refusalOfTemplate } from '../commanding.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';
import { toMessageParts, type MessagePart } from '../message-parts.ts';
import { rememberUse } from './templates.ts';

/** What saved texts fill their variables with. */
function factsOf(desk: Desk, detail: ConversationDetail, directory: Directory): SuggestionFacts {
  return {
    patientName: detail.isOnFile ? detail.displayName : detail.profileName,
    clinicName: desk.clinicName,
    agentName: directory.agents.find(({ isMe }) => isMe)?.name ?? null,
    appointment: detail.nextAppointment,
    now: desk.clock.now(),
    timeZone: desk.timeZone,
    language: 'es',
  };
}

interface Wanted {
  text: string;
  attachments: { fileId: string; caption: string | null }[];
  quickReplyId: string | null;
}

/**
 * The messages a person wants to send. A saved text is filled in here unless the window has done so; one that lacks a value
 * is not sent with a hole in it.
 */
async function partsOf(
  desk: Desk,
  wanted: Wanted,
  detail: ConversationDetail,
): Promise<Reply<MessagePart[]>> {
  const { quickReplyId } = wanted;
  const isPlain = quickReplyId === null && wanted.attachments.length === 0;
  if (isPlain) return wanted.text === '' ? refused('invalid_input') : done(toMessageParts(wanted.text, []));
  const directory = await desk.store.read.directory({});
  let { text, attachments } = wanted;
  if (quickReplyId !== null) {
    const saved = directory.quickReplies.find(({ id }) => id === quickReplyId);
    if (saved === undefined) return refused('not_found');
    if (saved.file !== null) attachments = [...attachments, { fileId: saved.file.fileId, caption: null }];
    if (text === '') {
      const filled = fillQuickReply(saved.text, factsOf(desk, detail, directory));
      if (filled.unknown.length > 0 || filled.empty.length > 0) return refused('template_values_invalid');
      ({ text } = filled);
    }
  }
  const files: { media: OutgoingMedia; caption: string | null }[] = [];
  for (const { fileId, caption } of attachments) {
    const media = await findMedia(desk, fileId, directory.quickReplies);
    if (media === null) return refused('file_not_ready');
    files.push({ media, caption });
  }
  const parts = toMessageParts(text, files);
  return parts.length === 0 ? refused('invalid_input') : done(parts);
}

async function enqueueAll(
  desk: Desk,
  input: { commands: Command[]; now: number; holdUntil: number | null; keepsDraft: boolean },
): Promise<void> {
  desk.announce(await desk.store.write.enqueueCommands(input));
}

/** The conversation with a number, as far as this PC holds it. */
async function findByPhone(desk: Desk, phone: string): Promise<string | null> {
  const { patients } = await desk.store.read.search({
    text: phoneDigits(phone),
    conversationId: null,
    limit: 50,
    now: desk.clock.now(),
    timeZone: desk.timeZone,
  });
  const same = patients.find(
    (patient) => phoneDigits(patient.phone?.map(({ text }) => text).join('') ?? '') === phoneDigits(phone),
  );
  return same?.conversationId ?? null;
}

/** Sending, reacting, and beginning a conversation. */
export function createMessageHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'message.send' | 'message.sendTemplate' | 'message.react' | 'conversation.start'> {
  return {
    'message.send': (input) =>
      withDesk(findDesk, async (desk) => {
        const { conversationId, basedOnOrdinal } = input;
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const { notAfter, detail } = permission.data;
        // Whoever sends for later wants it to arrive: an answer that would find the window closed is not taken at all.
        if (input.sendAt !== null && input.sendAt >= notAfter) return refused('window_closed');
        const parts = await partsOf(desk, input, detail);
        if (!parts.ok) return parts;
        const answer =
          basedOnOrdinal === null
            ? null
            : await desk.store.read.answerAfter({ conversationId, ordinal: basedOnOrdinal });
        if (answer !== null) return refused('answered_meanwhile', { answer });
        // Reading took a moment: what is queued now is queued inside its window.
        const now = desk.clock.now();
        if (now >= notAfter) return refused('window_closed');
        const messageIds = parts.data.map(() => newId());
        const sendAt = input.sendAt !== null && input.sendAt > now ? toTimestamp(input.sendAt) : null;
        const commands = parts.data.map(({ text, media }, index) =>
          commandOf(desk, 'message.send', {
            messageId: messageIds[index]!,
            conversationId,
            text,
            media,
            template: null,
            replyTo: index === 0 ? input.replyTo : null,
            notAfter: toTimestamp(notAfter),
            // The relay decides for what this PC has not heard of yet.
            unlessAnsweredAfter: basedOnOrdinal,
            sendAt,
          }),
        );
        await enqueueAll(desk, {
          commands,
          now,
          holdUntil: holdUntil(now, input.undoableForMs, notAfter),
          keepsDraft: input.quickReplyId !== null,
        });
        return done({ messageId: messageIds[0]!, messageIds });
      }),

    'message.sendTemplate': ({ conversationId, templateId, values, fileId, undoableForMs }) =>
      withDesk(findDesk, async (desk) => {
        const { read } = desk.store;
        const now = desk.clock.now();
        const [detail, templates] = await Promise.all([
          read.conversationDetail({ conversationId, now }),
          read.templates({}),
        ]);
        const template = templates.find(({ id }) => id === templateId);
        if (detail === null || template === undefined) return refused('not_found');
        const refusal = refusalOfTemplate(desk, detail.facts);
        if (refusal !== null) return refused(refusal);
        const shape = readTemplate(template);
        if (template.status !== 'APPROVED' || shape.unsupported.length > 0)
          return refused('template_not_sendable');
        if (checkTemplateValues(shape, values, fileId !== null).length > 0)
          return refused('template_values_invalid');
        let media: OutgoingMedia | null = null;
        if (fileId !== null) {
          const { quickReplies } = await read.directory({});
          media = await findMedia(desk, fileId, quickReplies);
          if (media === null) return refused('file_not_ready');
          if (isMediaHeader(shape.header) && media.kind !== shape.header.kind)
            return refused('template_values_invalid');
        }
        const messageId = newId();
        // What was being written is gone with the message that says it, and stays with any other.
        const free = freeWritingField(template);
        const said = free === null ? null : values.body[free.key];
        await enqueueAll(desk, {
          commands: [
            commandOf(desk, 'message.send', {
              messageId,
              conversationId,
              text: null,
              media,
              template: { templateId, values },
              replyTo: null,
              notAfter: null,
              sendAt: null,
            }),
          ],
          now,
          holdUntil: holdUntil(now, undoableForMs, null),
          keepsDraft: said === null || flattenValue(detail.draft.text) !== said,
        });
        await rememberUse(desk, templateId);
        return done({ messageId });
      }),

    'message.react': ({ conversationId, messageId, emoji }) =>
      withDesk(findDesk, async (desk) => {
        const permission = await askToSend(desk, conversationId);
        if (!permission.ok) return permission;
        const notAfter = toTimestamp(permission.data.notAfter);
        await desk.enqueue(commandOf(desk, 'message.react', { messageId, conversationId, emoji, notAfter }));
        return done({});
      }),

    'conversation.start': ({ phone: typed, name }) =>
      withDesk(findDesk, async (desk): Promise<Reply<{ conversationId: string; isNew: boolean }>> => {
        const phone = parsePhone(typed);
        if (phone === null) return refused('invalid_phone');
        const held = await findByPhone(desk, phone);
        if (held !== null) return done({ conversationId: held, isNew: false });
        const { numbers } = await desk.store.read.directory({});
        const [number] = numbers;
        if (number === undefined) return refused('not_found');
        const conversationId = newId();
        await desk.enqueue(
          commandOf(desk, 'conversation.start', {
            conversationId,
            patientId: newId(),
            phone,
            name: name === '' ? null : name,
            numberId: number.id,
          }),
        );
        return done({ conversationId, isNew: true });
      }),
  };
}
