import { isBotSilent, isUnanswered, rowBadges, serviceWindow, type RowBadge } from '@recado/protocol';
import type { InboxRow } from '../../../shared/contract/index.ts';
import type { SentenceKey, Translation } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import { remaining, SOON_MS } from '../../lib/remaining.ts';
import { plainText } from '../../lib/whatsapp-text.ts';
import type { Dates } from '../../stores/index.ts';

/** An appointment this near is worth a place in the row. */
const NEAR_DAYS = 7;
/** A patient who comes within this and waits for an answer needs it now, milliseconds. */
const DUE_MS = 2 * 3_600_000;

type Preview = NonNullable<InboxRow['lastMessage']>;

const KIND_KEYS: Record<string, SentenceKey> = {
  image: 'kinds.image',
  video: 'kinds.video',
  // What patients send as audio is nearly always a voice note; the preview does not say which it is.
  audio: 'kinds.voice',
  document: 'kinds.document',
  sticker: 'kinds.sticker',
  location: 'kinds.location',
  contacts: 'kinds.contacts',
  button: 'kinds.button',
  interactive: 'kinds.interactive',
  order: 'kinds.order',
  template: 'kinds.template',
  system: 'kinds.system',
  note: 'kinds.note',
  text: 'kinds.text',
};

/** The name of a kind of message; one this app has never heard of is not compatible. */
export function kindKey(kind: string): SentenceKey {
  return (Object.hasOwn(KIND_KEYS, kind) ? KIND_KEYS[kind] : undefined) ?? 'kinds.unsupported';
}

function authorName(preview: Preview, { t }: Translation): string | null {
  if (preview.direction !== 'outbound') return null;
  if (preview.author.isMe) return t('list.you');
  if (preview.author.kind === 'bot') return t('list.bot');
  if (preview.author.kind === 'phone') return t('list.phone');
  return preview.author.name?.split(' ')[0] ?? null;
}

/** The last message in one line, with who wrote it. */
export function previewWords(preview: Preview | null, translation: Translation): string {
  const { t } = translation;
  if (preview === null) return t('list.noMessages');
  const text = preview.text === null ? '' : plainText(preview.text);
  const words = text === '' ? t(kindKey(preview.kind)) : text;
  const author = authorName(preview, translation);
  return author === null ? words : t('list.authored', { author, text: words });
}

export interface WindowWords {
  /** `3 h`, `42 min`. */
  time: string;
  isSoon: boolean;
}

/** What stands under the preview: time left in the window and the badges the state calls for. */
export function badgesOf(
  row: InboxRow,
  now: number,
  { t }: Translation,
): { left: WindowWords | null; badges: (Exclude<RowBadge, 'timeLeft'> | 'botSilent')[] } {
  const all = rowBadges(row.facts, now);
  const window = serviceWindow(row.facts, now);
  const showsLeft = all.includes('timeLeft') && window.state === 'open';
  const { key, ...values } = remaining(window.state === 'open' ? window.remainingMs : 0, 'coarse');
  return {
    left: showsLeft
      ? { time: t(key, values), isSoon: window.state === 'open' && window.remainingMs < SOON_MS }
      : null,
    badges: all
      .filter((badge) => badge !== 'timeLeft')
      .map((badge) => (badge === 'bot' && isBotSilent(row.facts, now) ? 'botSilent' : badge)),
  };
}

/** The next appointment when it is near, as `Hoy 10:30`. */
export function appointmentWords(row: InboxRow, now: number, dates: Dates): string | null {
  const at = row.nextAppointmentAt;
  if (at === null) return null;
  const days = dayNumber(at, dates.style.timeZone) - dayNumber(now, dates.style.timeZone);
  return days >= 0 && days <= NEAR_DAYS ? dates.appointment(at, now) : null;
}

/** Whether the patient comes within two hours and a message of theirs has no answer. */
export function isDue(row: InboxRow, now: number): boolean {
  const at = row.nextAppointmentAt;
  return at !== null && at >= now && at - now <= DUE_MS && !row.facts.spam && isUnanswered(row.facts);
}
