import type { ThreadItem } from '../../../shared/contract/index.ts';
import type { SentenceKey, Translation } from '../../i18n/index.ts';
import type { Dates } from '../../stores/index.ts';

type Event = NonNullable<ThreadItem['content']['event']>;
type Names = Record<'agents' | 'teams' | 'tags', readonly { id: string; name: string }[]>;

/** What people do: a sentence with who did it, and one for when nobody is named. */
const DEEDS = {
  closed: 'closed',
  reopened: 'reopened',
  reopened_by_staff: 'reopenedByStaff',
  taken_over_from_bot: 'takenOver',
  marked_spam: 'markedSpam',
  unmarked_spam: 'unmarkedSpam',
  bot_activated: 'botActivated',
  bot_paused: 'botPaused',
  pinned: 'pinned',
  unpinned: 'unpinned',
  unsnoozed: 'unsnoozed',
  blocked: 'blocked',
  unblocked: 'unblocked',
} as const satisfies Record<string, string>;

/** Meta's code: only who wrote in the last 24 hours can be blocked. */
const NOT_WITHIN_24_HOURS = '139102';

/** What happens by itself, whoever is named. */
const HAPPENINGS = {
  reopened_by_patient: 'thread.event.reopenedByPatient',
  bot_closed: 'thread.event.botClosed',
  bot_handed_over: 'thread.event.botHandedOver',
  user_changed_number: 'thread.event.changedNumber',
  user_changed_user_id: 'thread.event.changedNumber',
} as const satisfies Record<string, SentenceKey>;

const isDeed = (code: string): code is keyof typeof DEEDS => Object.hasOwn(DEEDS, code);
const isHappening = (code: string): code is keyof typeof HAPPENINGS => Object.hasOwn(HAPPENINGS, code);

/** `Marta`, `Marta y David`, `Marta, David y el grupo Recepción`. */
function join(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

function named(ids: readonly string[] | undefined, list: readonly { id: string; name: string }[]): string[] {
  return (ids ?? []).flatMap((id) => list.find((each) => each.id === id)?.name ?? []);
}

/** The line that says what happened to a conversation. A code this app has never heard of is a change, no more. */
export function systemWords(
  item: Pick<ThreadItem, 'content' | 'author' | 'sentAt'>,
  names: Names,
  { t, locale }: Translation,
  dates: Dates,
): string {
  const event: Event | undefined = item.content.event;
  if (event === undefined) return t('thread.system');
  const { code } = event;
  const { author } = item;
  const who = author.isMe ? t('thread.me') : author.kind === 'bot' ? t('thread.bot') : author.name;
  const person = author.isMe ? 'me' : who === null ? 'nobody' : 'someone';

  if (isHappening(code)) {
    return code === 'bot_closed' && event.reason === 'no_answer'
      ? t('thread.event.noAnswer')
      : t(HAPPENINGS[code]);
  }
  if (isDeed(code)) return t(`thread.event.${DEEDS[code]}.${person}`, { who });
  switch (code) {
    case 'assigned':
    case 'unassigned': {
      const whom = [
        ...named(event.agentIds, names.agents).map((name) => t('thread.event.agent', { name })),
        ...named(event.teamIds, names.teams).map((name) => t('thread.event.team', { name })),
      ];
      if (whom.length === 0) return t('thread.system');
      const what = code === 'assigned' ? 'assigned' : 'unassigned';
      return t(`thread.event.${what}.${person}`, { who, whom: join(whom, locale) });
    }
    case 'tagged':
    case 'untagged': {
      const tags = named(event.tagIds, names.tags).map((name) => t('thread.event.tag', { name }));
      if (tags.length === 0) return t('thread.system');
      const what = code === 'tagged' ? 'tagged' : 'untagged';
      return t(`thread.event.${what}.${person}`, { who, tags: join(tags, locale) });
    }
    case 'snoozed': {
      if (event.until === undefined) return t('thread.system');
      return t(`thread.event.snoozed.${person}`, { who, until: dates.dateTime(Date.parse(event.until)) });
    }
    case 'block_failed':
      return event.reason === NOT_WITHIN_24_HOURS
        ? t('thread.event.blockTooLate')
        : t('thread.event.blockFailed', { code: event.reason ?? '' });
    case 'unblock_failed':
      return t('thread.event.unblockFailed', { code: event.reason ?? '' });
    default:
      return t('thread.system');
  }
}
