import { checkTemplateValues, readTemplate, templateComponents, type Template } from '@recado/protocol';
import type { MessageRow, OutgoingParts } from '../db/messages.ts';
import { bareType } from '../media/file-types.ts';
import type { GraphContent } from './graph-client.ts';

/** The file of a message, by Meta's id and by what it is called. */
export interface SendableFile {
  graphId: string;
  fileName: string;
  mimeType: string;
}

function mediaContent(
  message: MessageRow,
  { graphId: id, fileName, mimeType }: SendableFile,
): GraphContent | null {
  const captioned = { id, ...(message.text ? { caption: message.text } : {}) };
  switch (message.kind) {
    case 'image':
      return { type: 'image', image: captioned };
    case 'video':
      return { type: 'video', video: captioned };
    case 'document':
      return { type: 'document', document: { ...captioned, filename: fileName } };
    case 'sticker':
      return { type: 'sticker', sticker: { id } };
    case 'audio': {
      // Only Opus shows as a voice note; anything else is a file to play.
      const isVoice = message.content.media?.voice === true && bareType(mimeType) === 'audio/ogg';
      return { type: 'audio', audio: { id, ...(isVoice ? { voice: true } : {}) } };
    }
    default:
      return null;
  }
}

/** Whether the values of before still fill in the template as it is now. */
export function stillFits(
  template: Template,
  { values }: Pick<OutgoingParts, 'values'>,
  hasFile: boolean,
): boolean {
  return checkTemplateValues(readTemplate(template), values, hasFile).length === 0;
}

/** What goes to Meta for a message; null when it cannot be said any more. `template` is the one it was written with. */
export function graphContent(
  message: MessageRow,
  parts: { template: Template | null; file: SendableFile | null },
): GraphContent | null {
  const { template, file } = parts;
  if (message.kind === 'template') {
    if (!template || !message.outgoing || !stillFits(template, message.outgoing, file !== null)) return null;
    const components = templateComponents(
      template,
      message.outgoing.values,
      file?.graphId ?? null,
      file?.fileName ?? null,
    );
    return {
      type: 'template',
      template: {
        name: template.name,
        language: { code: template.language },
        ...(components.length > 0 ? { components } : {}),
      },
    };
  }
  if (file) return mediaContent(message, file);
  return message.text === null ? null : { type: 'text', text: { body: message.text, preview_url: false } };
}
