import { botSilentAt, windowEnd } from '@recado/protocol';
import {
  AlarmClock,
  Ban,
  CalendarClock,
  CalendarDays,
  Check,
  CircleAlert,
  Contact,
  FileText,
  Image,
  MapPin,
  Mic,
  Pencil,
  Pin,
  ShoppingBag,
  Sticker,
  Timer,
  UserRound,
  Video,
  type LucideIcon,
} from 'lucide-react';
import { memo, type CSSProperties } from 'react';
import type { InboxRow } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useDates, useNow } from '../../stores/index.ts';
import { Avatar, Chip, isTickState, TagChip, Tick } from '../../ui/index.ts';
import { PresenceFaces } from '../presence/index.ts';
import { appointmentWords, badgesOf, isDue, previewWords } from './row-words.ts';

const KIND_ICONS: Record<string, LucideIcon> = {
  image: Image,
  video: Video,
  audio: Mic,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  order: ShoppingBag,
};
const TAGS_SHOWN = 3;
const WARNING_BADGES: ReadonlySet<string> = new Set(['templateOnly', 'expired', 'botSilent']);

interface InboxRowViewProps {
  row: InboxRow;
  id: string;
  index: number;
  setSize: number;
  isOpen: boolean;
  /** Picked for an action together with others; null while nothing is picked. */
  isPicked: boolean | null;
  isEntry: boolean;
  style: CSSProperties;
}

/** One conversation in the list. Clicks and keys are heard by the list around it. */
export const InboxRowView = memo(function InboxRowView(props: InboxRowViewProps) {
  const { row, id, index, setSize, isOpen, isPicked, isEntry, style } = props;
  const translation = useTranslate();
  const { t, count, number } = translation;
  const dates = useDates();
  const now = useNow('minute', botSilentAt(row.facts) ?? windowEnd(row.facts));
  const name = row.displayName ?? t('list.noName');
  const preview = previewWords(row.lastMessage, translation);
  const { left, badges } = badgesOf(row, now, translation);
  const appointment = appointmentWords(row, now, dates);
  const due = isDue(row, now);
  const { unread } = row.facts;
  const KindIcon = KIND_ICONS[row.lastMessage?.kind ?? ''];
  const delivery = row.lastMessage?.deliveryState;
  const assigned = row.assignees.map((agent) => agent.name).join(', ');
  const at = dates.listTime(row.lastActivityAt, now);

  // What is due comes before what may find no room in the line.
  const appointmentChip =
    appointment === null ? null : (
      <Chip
        tone={due ? 'warn' : 'accent'}
        icon={
          due ? <CalendarClock size={12} aria-hidden="true" /> : <CalendarDays size={12} aria-hidden="true" />
        }
        title={due ? t('patient.due') : t('list.appointment', { time: appointment })}
      >
        <span aria-hidden="true">{appointment}</span>
        <span className="visually-hidden">
          {t('list.appointment', { time: appointment })}
          {due ? `. ${t('patient.due')}` : ''}
        </span>
      </Chip>
    );

  return (
    <div
      id={id}
      role="option"
      className="row"
      aria-selected={isPicked ?? isOpen}
      data-open={isOpen}
      data-picked={isPicked === true}
      aria-posinset={index + 1}
      aria-setsize={setSize}
      tabIndex={isEntry ? 0 : -1}
      data-conversation={row.conversationId}
      data-unread={unread > 0}
      data-pane-entry={isEntry ? '' : undefined}
      style={style}
    >
      <span className="row__face" data-pick="" aria-hidden="true">
        <Avatar name={row.displayName} seed={row.conversationId} />
        <span className="checkbox row__check">
          {isPicked === true ? <Check size={14} strokeWidth={3} /> : null}
        </span>
      </span>
      <div className="row__line">
        <span className="row__name">{name}</span>
        <PresenceFaces conversationId={row.conversationId} />
        {row.pinned ? (
          <span className="row__mark" title={t('list.pinned')}>
            <Pin size={13} aria-hidden="true" />
            <span className="visually-hidden">{t('list.pinned')}</span>
          </span>
        ) : null}
        <span className="row__time numeric">{at}</span>
      </div>
      <div className="row__line">
        <span className="row__preview">
          {delivery && isTickState(delivery) ? (
            <Tick state={delivery} label={t(`delivery.${delivery}`)} size={15} />
          ) : null}
          {KindIcon ? <KindIcon size={14} aria-hidden="true" /> : null}
          <span className="row__preview-text">{preview}</span>
        </span>
        {unread > 0 ? (
          <>
            <span
              className={`pill${row.facts.handler === 'bot' || row.facts.spam ? ' pill--quiet' : ''}`}
              aria-hidden="true"
            >
              {number(unread)}
            </span>
            <span className="visually-hidden">{count('counts.unread', unread)}</span>
          </>
        ) : null}
      </div>
      <div className="row__meta">
        {row.failed > 0 ? (
          <Chip tone="danger" icon={<CircleAlert size={12} aria-hidden="true" />}>
            {count('list.failed', row.failed)}
          </Chip>
        ) : null}
        {due ? appointmentChip : null}
        {row.facts.blockState === undefined || row.facts.blockState === 'none' ? null : (
          <Chip tone="warn" icon={<Ban size={11} aria-hidden="true" />}>
            {t(`list.block.${row.facts.blockState}`)}
          </Chip>
        )}
        {row.snoozedUntil === null || row.snoozedUntil <= now ? null : (
          <Chip tone="accent" icon={<AlarmClock size={12} aria-hidden="true" />}>
            {t('list.snoozed', { time: dates.appointment(row.snoozedUntil, now).toLocaleLowerCase() })}
          </Chip>
        )}
        {left === null ? null : (
          <Chip
            isPlain
            {...(left.isSoon ? { tone: 'warn' as const } : {})}
            icon={<Timer size={13} aria-hidden="true" />}
            title={t('list.badge.timeLeft', { time: left.time })}
          >
            <span aria-hidden="true">{left.time}</span>
            <span className="visually-hidden">{t('list.badge.timeLeft', { time: left.time })}</span>
          </Chip>
        )}
        {badges.map((badge) => (
          <Chip key={badge} {...(WARNING_BADGES.has(badge) ? { tone: 'warn' as const } : {})}>
            {t(`list.badge.${badge}`)}
          </Chip>
        ))}
        {row.hasDraft ? (
          <Chip tone="accent" icon={<Pencil size={11} aria-hidden="true" />}>
            {t('list.draft')}
          </Chip>
        ) : null}
        {due ? null : appointmentChip}
        {row.assignees.length === 0 ? null : (
          <Chip
            icon={<UserRound size={11} aria-hidden="true" />}
            title={t('list.assigned', { names: assigned })}
          >
            <span aria-hidden="true">
              {row.assignees[0]?.name.split(' ')[0]}
              {row.assignees.length > 1 ? ` ${t('list.moreTags', { count: row.assignees.length - 1 })}` : ''}
            </span>
            <span className="visually-hidden">{t('list.assigned', { names: assigned })}</span>
          </Chip>
        )}
        {row.isOnFile ? null : <Chip>{t('list.notOnFile')}</Chip>}
        {row.tags.slice(0, TAGS_SHOWN).map((tag) => (
          <TagChip key={tag.id} name={tag.name} color={tag.color} />
        ))}
        {row.tags.length > TAGS_SHOWN ? (
          <Chip>
            <span aria-hidden="true">{t('list.moreTags', { count: row.tags.length - TAGS_SHOWN })}</span>
            <span className="visually-hidden">
              {row.tags
                .slice(TAGS_SHOWN)
                .map((tag) => tag.name)
                .join(', ')}
            </span>
          </Chip>
        ) : null}
      </div>
    </div>
  );
});
