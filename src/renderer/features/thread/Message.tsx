import { Clock4, Info, LayoutTemplate, StickyNote } from 'lucide-react';
import { memo, useState, type KeyboardEvent } from 'react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { useTranslate, type Translate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates } from '../../stores/index.ts';
import { isTickState, Tick } from '../../ui/index.ts';
import { MessageBody } from './MessageBody.tsx';
import { isAnswerable, MessageTools, type MessageMenuPlace } from './MessageTools.tsx';
import { Outgoing } from './Outgoing.tsx';
import { Quote } from './Quote.tsx';
import { systemWords } from './system-words.ts';
import { lookOf, type ThreadRow } from './thread-rows.ts';

/** Who wrote it, as the clinic says it. */
function authorOf(item: ThreadItem, patientName: string, t: Translate): string {
  if (item.direction === 'inbound') return patientName;
  if (item.author.isMe) return t('thread.me');
  if (item.author.kind === 'bot') return t('thread.bot');
  if (item.author.kind === 'phone') return t('thread.clinicPhone');
  return item.author.name ?? t('thread.clinic');
}

function Reactions({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  if (item.reactions.length === 0) return null;
  return (
    <div className="message__reactions">
      {item.reactions.map((reaction, index) => (
        <span
          key={index}
          className="message__reaction"
          role="img"
          aria-label={t(reaction.by === 'patient' ? 'thread.reactionPatient' : 'thread.reactionClinic', {
            emoji: reaction.emoji,
          })}
        >
          {reaction.emoji}
        </span>
      ))}
    </div>
  );
}

/** What the patient wrote before changing it. */
function Earlier({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  const dates = useDates();
  return (
    <div className="message__earlier">
      {item.edits.map((edit, index) => (
        <p key={index}>
          <time className="numeric" dateTime={new Date(edit.at).toISOString()}>
            {t('thread.before', { time: dates.time(edit.at) })}
          </time>{' '}
          <s>{edit.text ?? ''}</s>
        </p>
      ))}
    </div>
  );
}

interface FootProps {
  item: ThreadItem;
  showsEarlier: boolean;
  onEarlier: () => void;
}

function Foot({ item, showsEarlier, onEarlier }: FootProps) {
  const { t } = useTranslate();
  const dates = useDates();
  const state = item.delivery?.state;
  return (
    <span className="message__foot numeric">
      {item.isLate ? (
        <span className="message__late" title={t('thread.lateHint')}>
          <Clock4 size={11} aria-hidden="true" />
          {t('thread.late')}
        </span>
      ) : null}
      {item.isEdited && !item.isRevoked ? (
        item.edits.length > 0 ? (
          <button
            type="button"
            className="message__edited"
            aria-expanded={showsEarlier}
            title={t('thread.showEarlier')}
            onClick={onEarlier}
          >
            {t('thread.edited')}
          </button>
        ) : (
          <span>{t('thread.edited')}</span>
        )
      ) : null}
      <time dateTime={new Date(item.sentAt).toISOString()} title={dates.dateTime(item.sentAt)}>
        {dates.time(item.sentAt)}
      </time>
      {state !== undefined && isTickState(state) ? (
        <Tick state={state} label={t(`delivery.${state}`)} size={15} />
      ) : null}
    </span>
  );
}

const NO_NAMES = { agents: [], teams: [], tags: [] };

function SystemLine({ item }: { item: ThreadItem }) {
  const translation = useTranslate();
  const dates = useDates();
  const directory = useAppState((state) => state.directory);
  const words = systemWords(item, directory ?? NO_NAMES, translation, dates);
  return (
    <p className="message__line">
      <Info size={13} aria-hidden="true" />
      <span className="numeric">{`${words} · ${dates.time(item.sentAt)}`}</span>
    </p>
  );
}

interface MessageProps {
  row: ThreadRow;
  patientName: string;
  /** Position among the messages read so far, from 1; for screen readers. */
  position: number;
  isEntry: boolean;
}

/** One message of the thread. */
export const Message = memo(function Message({ row, patientName, position, isEntry }: MessageProps) {
  const { t } = useTranslate();
  const dates = useDates();
  const { item, startsGroup, endsGroup } = row;
  const look = lookOf(item);
  const author = authorOf(item, patientName, t);
  const state = item.delivery?.state;
  const spoken = [
    t('thread.messageLabel', { author, time: dates.dateTime(item.sentAt) }),
    ...(state !== undefined && isTickState(state) ? [t(`delivery.${state}`)] : []),
  ].join(', ');
  const noteTitle =
    item.author.name === null ? t('thread.noteNoName') : t('thread.note', { name: item.author.name });
  const templateName = item.content.template?.name;
  const actions = useActions();
  const [isNear, setIsNear] = useState(false);
  const [menu, setMenu] = useState<MessageMenuPlace | null>(null);
  const [showsEarlier, setShowsEarlier] = useState(false);
  const isBubble = look === 'bubble';

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const isBare = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.target !== event.currentTarget || !isBubble) return;
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, top } = event.currentTarget.getBoundingClientRect();
      setIsNear(true);
      setMenu({ x: left + 40, y: top + 30 });
    } else if (event.key.toLowerCase() === 'r' && isBare && !event.shiftKey && isAnswerable(item)) {
      actions.replyTo(item.messageId);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  const showsAuthor = startsGroup && item.direction === 'outbound' && look === 'bubble';

  return (
    <article
      className={`message message--${look}`}
      data-direction={look === 'note' ? 'outbound' : item.direction}
      data-starts={startsGroup}
      data-ends={endsGroup}
      data-state={state}
      data-message={item.messageId}
      data-pane-entry={isEntry ? '' : undefined}
      tabIndex={isEntry ? 0 : -1}
      aria-label={spoken}
      aria-posinset={position}
      aria-setsize={-1}
      onKeyDown={onKeyDown}
      onPointerEnter={() => setIsNear(true)}
      onPointerLeave={() => setIsNear(false)}
      onContextMenu={(event) => {
        // Words that are marked have a menu of their own, to copy them.
        if (!isBubble || window.getSelection()?.toString() !== '') return;
        event.preventDefault();
        setIsNear(true);
        setMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      {look === 'line' ? (
        <SystemLine item={item} />
      ) : (
        <div className="bubble">
          {look === 'note' ? (
            <p className="bubble__author bubble__author--note">
              <StickyNote size={13} aria-hidden="true" />
              {noteTitle}
            </p>
          ) : null}
          {showsAuthor ? <p className="bubble__author">{author}</p> : null}
          {templateName === undefined ? null : (
            <p className="bubble__template">
              <LayoutTemplate size={12} aria-hidden="true" />
              {t('thread.templateName', { name: templateName })}
            </p>
          )}
          {item.replyTo === null || item.isRevoked ? null : (
            <Quote replyTo={item.replyTo} patientName={patientName} />
          )}
          {showsEarlier ? <Earlier item={item} /> : null}
          <MessageBody item={item} />
          <Foot item={item} showsEarlier={showsEarlier} onEarlier={() => setShowsEarlier(!showsEarlier)} />
          <Reactions item={item} />
          {isBubble && (isNear || menu !== null) ? (
            <MessageTools item={item} menu={menu} onMenu={setMenu} />
          ) : null}
        </div>
      )}
      <Outgoing item={item} />
    </article>
  );
});
