/** What a send of this PC will look like as a message, before the relay has made it one. */
import type { CommandArguments, MessageContent, OutgoingMedia, Template } from '@recado/protocol';
import { renderTemplate } from '@recado/protocol';

export type FindTemplate = (templateId: string) => Template | undefined;

export interface OutgoingParts {
  kind: string;
  text: string | null;
  content: MessageContent;
}

const contentOf = (media: OutgoingMedia): NonNullable<MessageContent['media']> => {
  const { mediaId, kind: _kind, ...rest } = media;
  return { id: mediaId, ...rest, failure: null };
};

/** Kind, words and content of a send. A template that is no longer known shows as one without words. */
export function outgoingParts(
  send: CommandArguments<'message.send'>,
  findTemplate: FindTemplate,
): OutgoingParts {
  const content: MessageContent = send.media === null ? {} : { media: contentOf(send.media) };
  if (send.template === null) return { kind: send.media?.kind ?? 'text', text: send.text, content };
  const template = findTemplate(send.template.templateId);
  if (template === undefined) return { kind: 'template', text: null, content };
  const { header, body, footer, buttons } = renderTemplate(template, send.template.values);
  const { name, language } = template;
  return {
    kind: 'template',
    text: body,
    content: { ...content, template: { name, language, header, footer, buttons } },
  };
}
