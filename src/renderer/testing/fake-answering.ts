import { checkOutgoingFile, renderTemplate } from '@recado/protocol';
import type { CallName, Directory, FileView, TemplateView, ThreadItem } from '../../shared/contract/index.ts';
import { buildMedia, idOf } from './builders.ts';
import { buildMessage, type SeededConversation } from './seed-builders.ts';
import { seedTemplates } from './seed-templates.ts';

interface FakeAnsweringDependencies {
  now: number;
  find(conversationId: string): SeededConversation;
  touch(conversation: SeededConversation, facts: object): void;
  replaceItem(conversation: SeededConversation, messageId: string, change: Partial<ThreadItem> | null): void;
  emit(name: string, payload: unknown): void;
  changedAll(): void;
  directory(): Directory;
  setDirectory(directory: Directory): void;
  isLive(): boolean;
  begin(phone: string, name: string): SeededConversation;
}

const give = (data: unknown) => ({ ok: true, data }) as const;
const refuse = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } }) as const;
const MEBIBYTE = 1_048_576;

/** Answering patients, in memory: files, templates, saved texts, what is held back and taken back. */
export function createFakeAnswering(dependencies: FakeAnsweringDependencies) {
  const { now, find, touch, replaceItem, emit, changedAll } = dependencies;
  let templates: TemplateView[] = seedTemplates(now);
  const files = new Map<string, FileView & { head: Uint8Array; facts: object }>();
  let lastId = 0;

  function mediaOf(fileId: string): NonNullable<ThreadItem['content']['media']> {
    const file = files.get(fileId) ?? savedFile(fileId);
    return buildMedia({
      id: fileId,
      mimeType: file?.mimeType ?? 'application/pdf',
      fileName: file?.fileName ?? null,
      sizeBytes: file?.sizeBytes ?? null,
      voice: file?.voice ?? false,
      ...(files.get(fileId)?.facts ?? {}),
    });
  }
  const savedFile = (fileId: string): FileView | undefined =>
    dependencies.directory().quickReplies.find(({ file }) => file?.fileId === fileId)?.file ?? undefined;

  function deliver(conversation: SeededConversation, message: ThreadItem, holdMs: number): void {
    conversation.items = [...conversation.items, message];
    const isScheduled = message.sendAt !== null;
    touch(
      conversation,
      isScheduled
        ? {}
        : {
            closed: false,
            handler: 'human',
            lastInteractionAt: Date.now(),
            lastMessageDirection: 'outbound',
          },
    );
    if (!dependencies.isLive() || isScheduled) return;
    const { media } = message.content;
    const { messageId } = message;
    if (media?.id && media.sizeBytes) {
      [0, 0.3, 0.7, 1].forEach((part, index) =>
        setTimeout(
          () =>
            emit('transfer', {
              transfers:
                part === 1
                  ? []
                  : [
                      {
                        fileId: media.id,
                        messageId,
                        sentBytes: Math.round((media.sizeBytes ?? 0) * part),
                        sizeBytes: media.sizeBytes,
                      },
                    ],
            }),
          holdMs + index * 700,
        ),
      );
    }
    ['sent', 'delivered', 'read'].forEach((state, index) =>
      setTimeout(
        () =>
          replaceItem(conversation, messageId, {
            heldUntil: null,
            delivery: { state, error: null, canRetry: false, canDiscard: false },
          }),
        holdMs + 400 * (index + 1) + (media ? 2_200 : 0),
      ),
    );
  }

  const out = (changes: Partial<ThreadItem>, holdMs: number): ThreadItem =>
    buildMessage(Date.now(), {
      direction: 'outbound',
      delivery: {
        state: changes.sendAt ? 'scheduled' : 'queued',
        error: null,
        canRetry: false,
        canDiscard: true,
      },
      heldUntil: holdMs > 0 ? Date.now() + holdMs : null,
      ...changes,
    });

  function quoted(conversation: SeededConversation, messageId: string | null): ThreadItem['replyTo'] {
    const item = conversation.items.find((each) => each.messageId === messageId);
    return item === undefined
      ? null
      : { messageId: item.messageId, author: item.author, kind: item.kind, text: item.text };
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double of a call */
  function send(input: any): unknown {
    const conversation = find(input.conversationId);
    const holdMs: number = input.undoableForMs ?? 0;
    const saved = dependencies.directory().quickReplies.find(({ id }) => id === input.quickReplyId)?.file;
    const attached: { fileId: string; caption: string | null }[] = saved
      ? [{ fileId: saved.fileId, caption: null }]
      : (input.attachments ?? []);
    const common = { replyTo: quoted(conversation, input.replyTo ?? null), sendAt: input.sendAt ?? null };
    const messages =
      attached.length === 0
        ? [out({ text: input.text, ...common }, holdMs)]
        : attached.map(({ fileId, caption }, index) => {
            const kind = files.get(fileId)?.kind ?? savedFile(fileId)?.kind ?? 'document';
            const text = caption ?? (index === 0 && input.text !== '' ? input.text : null);
            return out({ kind, text, content: { media: mediaOf(fileId) }, ...common }, holdMs);
          });
    for (const message of messages) deliver(conversation, message, holdMs);
    const ids = messages.map(({ messageId }) => messageId);
    return give({ messageId: ids[0], messageIds: ids });
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double of a call */
  function sendTemplate(input: any): unknown {
    const template = templates.find(({ id }) => id === input.templateId);
    if (template === undefined || template.status !== 'APPROVED') return refuse('template_not_sendable');
    const rendered = renderTemplate(template, input.values);
    const message = out(
      {
        kind: 'template',
        text: rendered.body,
        content: {
          template: {
            name: template.name,
            language: template.language,
            header: rendered.header,
            footer: rendered.footer,
            buttons: rendered.buttons.map(({ type, text }) => ({ type, text })),
          },
          ...(input.fileId === null ? {} : { media: mediaOf(input.fileId) }),
        },
      },
      input.undoableForMs ?? 0,
    );
    templates = templates.map((each) =>
      each.id === template.id ? { ...each, lastUsedAt: Date.now() } : each,
    );
    deliver(find(input.conversationId), message, input.undoableForMs ?? 0);
    return give({ messageId: message.messageId });
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double for many calls at once */
  return function answer(name: CallName, input: any): unknown {
    switch (name) {
      case 'message.send':
        return send(input);
      case 'message.sendTemplate':
        return sendTemplate(input);
      case 'message.react': {
        const conversation = find(input.conversationId);
        const item = conversation.items.find(({ messageId }) => messageId === input.messageId);
        const others = item?.reactions.filter(({ by }) => by !== 'clinic') ?? [];
        replaceItem(conversation, input.messageId, {
          reactions: input.emoji === null ? others : [...others, { by: 'clinic', emoji: input.emoji }],
        });
        return give({});
      }
      case 'template.list':
        return give({ templates });
      case 'template.setFavourite':
        templates = templates.map((each) =>
          each.id === input.templateId ? { ...each, isFavourite: input.isFavourite } : each,
        );
        return give({});
      case 'template.hide':
        templates = templates.map((each) =>
          each.id === input.templateId ? { ...each, hidden: input.hidden } : each,
        );
        changedAll();
        return give({});
      case 'template.delete':
        templates = templates.filter(({ id }) => id !== input.templateId);
        changedAll();
        return give({});
      case 'template.create': {
        const id = idOf(10, 500 + ++lastId);
        const { fileId: _fileId, ...parts } = input;
        templates = [
          ...templates,
          {
            ...parts,
            id,
            status: 'SUBMITTING',
            quality: 'UNKNOWN',
            rejectionReason: null,
            hidden: false,
            isFavourite: false,
            lastUsedAt: null,
          },
        ];
        changedAll();
        setTimeout(() => {
          templates = templates.map((each) => (each.id === id ? { ...each, status: 'PENDING' } : each));
          changedAll();
        }, 1_500);
        return give({ templateId: id });
      }
      case 'file.begin': {
        const fileId = idOf(6, 1_000 + ++lastId);
        files.set(fileId, {
          fileId,
          fileName: input.fileName,
          mimeType: input.mimeType,
          sizeBytes: input.sizeBytes,
          kind: 'document',
          voice: input.voice ?? false,
          head: new Uint8Array(),
          facts: {},
        });
        return give({ fileId });
      }
      case 'file.append': {
        const file = files.get(input.fileId);
        if (!file || input.bytes.length > MEBIBYTE) return refuse('invalid_input');
        if (input.offset === 0) file.head = input.bytes.slice(0, 64);
        return give({});
      }
      case 'file.finish': {
        const file = files.get(input.fileId);
        if (!file) return refuse('not_found');
        const check = checkOutgoingFile(file);
        if (check.problem !== undefined) return refuse('file_refused', { problem: check.problem });
        const { fileId, ...facts } = input;
        Object.assign(file, { kind: check.kind, mimeType: check.mimeType, facts });
        const { fileName, mimeType, sizeBytes, kind, voice } = file;
        return give({ fileId, fileName, mimeType, sizeBytes, kind, voice });
      }
      case 'file.discard':
        return give({});
      case 'media.fetch':
        return give({});
      case 'media.save':
        return give({ isSaved: true });
      case 'media.list':
        return give({
          items: find(input.conversationId)
            .items.filter((item) => item.content.media !== undefined)
            .toReversed()
            .map(({ messageId, kind, text, author, direction, sentAt, content }) => ({
              messageId, kind, text, author, direction, sentAt, content,
            })), // prettier-ignore
          next: null,
        });
      case 'quickReply.create': {
        const directory = dependencies.directory();
        const { fileId, ...parts } = input;
        const file = fileId === null ? null : (files.get(fileId) ?? null);
        const reply = { ...parts, id: idOf(11, 100 + ++lastId), file };
        dependencies.setDirectory({ ...directory, quickReplies: [...directory.quickReplies, reply] });
        changedAll();
        return give({ quickReplyId: reply.id });
      }
      case 'quickReply.update': {
        const directory = dependencies.directory();
        const { quickReplyId, fileId, ...parts } = input;
        dependencies.setDirectory({
          ...directory,
          quickReplies: directory.quickReplies.map((each) =>
            each.id === quickReplyId
              ? {
                  ...each,
                  ...parts,
                  file:
                    fileId === undefined ? each.file : fileId === null ? null : (files.get(fileId) ?? null),
                }
              : each,
          ),
        });
        changedAll();
        return give({});
      }
      case 'quickReply.delete': {
        const directory = dependencies.directory();
        dependencies.setDirectory({
          ...directory,
          quickReplies: directory.quickReplies.filter(({ id }) => id !== input.quickReplyId),
        });
        changedAll();
        return give({});
      }
      case 'conversation.start': {
        if (!/^\+?[\d\s]{9,20}$/u.test(input.phone)) return refuse('invalid_phone');
        const conversation = dependencies.begin(input.phone, input.name);
        return give({ conversationId: conversation.row.conversationId, isNew: true });
      }
      default:
        return undefined;
    }
  };
}
