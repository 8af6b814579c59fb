import type { Translation } from '../../i18n/index.ts';
import { fileSize } from '../../lib/file-size.ts';
import type { FileRefusal } from '../../lib/stage-file.ts';

/** Why WhatsApp would not take a file, its limit, and what helps. */
export function refusalWords(refusal: FileRefusal, { t, locale }: Translation): string {
  const { problem, kind, limitBytes, remedy } = refusal;
  switch (problem) {
    case 'too_large': {
      const limit = limitBytes === null ? '' : fileSize(limitBytes, locale);
      const which = kind === null || kind === 'sticker' ? 'document' : kind;
      return t(`files.tooLarge.${which}`, { limit });
    }
    case 'type_not_accepted':
      return kind === 'image' || kind === 'video' || kind === 'audio'
        ? t(`files.notAccepted.${kind}`)
        : t('files.notAccepted.other');
    case 'empty':
      return t('files.empty');
    case 'name_too_long':
      return t('files.nameTooLong');
    case 'content_mismatch':
      return t(remedy === 'convert' ? 'files.mismatchConvert' : 'files.mismatch');
  }
}

/** `PDF`, `JPEG`: the part of a media type people know a file by. */
export function typeName(mimeType: string): string {
  const subtype = (mimeType.split(';')[0] ?? '').split('/')[1] ?? '';
  const known: Record<string, string> = {
    'vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
    'vnd.openxmlformats-officedocument.presentationml.presentation': 'PPTX',
    msword: 'DOC',
    'vnd.ms-excel': 'XLS',
    plain: 'TXT',
  };
  return known[subtype] ?? (subtype.split('.').at(-1) ?? '').replace(/^x-/u, '').toUpperCase();
}

/** `0:07`, `12:30`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Loudness for so many bars, whatever number was measured: of each span the loudest. */
export function barsOf(waveform: readonly number[], count: number): number[] {
  if (waveform.length === 0) return Array.from({ length: count }, () => 0);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * waveform.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * waveform.length) / count));
    return Math.max(...waveform.slice(from, to));
  });
}
