import { Clock4, Info, LayoutTemplate, StickyNote } from 'lucide-react';
import { memo } from 'react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { failureKey, useTranslate, type Translate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates } from '../../stores/index.ts';
import { isTickState, Tick } from '../../ui/index.ts';
import { MessageBody } from './MessageBody.tsx';
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

function Failure({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const isConnected = useAppState((state) => state.app?.sync.phase === 'live');
  const delivery = item.delivery;
  if (!delivery || conversationId === null) return null;
  const hasFailed = delivery.state === 'failed';
  const isWaiting = delivery.state === 'queued' && !isConnected && delivery.canDiscard;
  if (!hasFailed && !isWaiting) return null;
  const code = delivery.error?.code ?? null;
  return (
    <div className="message__failure">
      {hasFailed ? <p>{t(failureKey(code), { code })}</p> : null}
      <div className="message__actions">
        {delivery.canRetry ? (
          <button type="button" onClick={() => actions.retryMessage(conversationId, item.messageId)}>
            {t('thread.retry')}
          </button>
        ) : null}
        {delivery.canDiscard ? (
          <button type="button" onClick={() => actions.discardMessage(conversationId, item.messageId)}>
            {t('thread.discard')}
          </button>
        ) : null}
      </div>
    </div>
  );
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

function Foot({ item }: { item: ThreadItem }) {
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
      {item.isEdited && !item.isRevoked ? <span>{t('thread.edited')}</span> : null}
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
          <MessageBody item={item} />
          <Foot item={item} />
          <Reactions item={item} />
        </div>
      )}
      <Failure item={item} />
    </article>
  );
});
