import { deliveryError } from '@recado/protocol';
import { CalendarClock, Undo2 } from 'lucide-react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { failureKey, useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';

/** What this PC or the relay refused because the 24 hours were over. */
const LATE_CODES = ['window_closed', '131047'];

/** Held back for some seconds: how long still, and the way back. */
function Held({ item, until }: { item: ThreadItem; until: number }) {
  const { t, number } = useTranslate();
  const actions = useActions();
  const now = useNow('second', until);
  const conversationId = useAppState((state) => state.thread.conversationId);
  const isLast = useAppState((state) => state.answering.sent?.messageIds.includes(item.messageId) ?? false);
  const seconds = Math.ceil((until - now) / 1_000);
  if (seconds <= 0 || conversationId === null) return null;
  return (
    <div className="message__after">
      <span className="numeric">{t('undo.leavesIn', { seconds: number(seconds) })}</span>
      <button
        type="button"
        onClick={() =>
          isLast ? void actions.undoSend() : actions.discardMessage(conversationId, item.messageId)
        }
      >
        <Undo2 size={13} aria-hidden="true" />
        {t('done.undo')}
      </button>
    </div>
  );
}

function Scheduled({ item, sendAt }: { item: ThreadItem; sendAt: number }) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const conversationId = useAppState((state) => state.thread.conversationId);
  if (conversationId === null) return null;
  return (
    <div className="message__after">
      <CalendarClock size={13} aria-hidden="true" />
      <span className="numeric">
        {t('schedule.leaves', { date: dates.appointment(sendAt, now).toLocaleLowerCase() })}
      </span>
      <button type="button" onClick={() => actions.discardMessage(conversationId, item.messageId)}>
        {t('schedule.cancel')}
      </button>
    </div>
  );
}

function Failed({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const isConnected = useAppState((state) => state.app?.sync.phase === 'live');
  const { delivery } = item;
  if (!delivery || conversationId === null) return null;
  const hasFailed = delivery.state === 'failed';
  const isWaiting = delivery.state === 'queued' && !isConnected && delivery.canDiscard;
  if (!hasFailed && !isWaiting) return null;
  const code = delivery.error?.code ?? null;
  const isLate = code !== null && LATE_CODES.includes(code);
  const needsTemplate =
    hasFailed && (isLate || (code !== null && deliveryError(code).nextStep === 'template'));
  return (
    <div className="message__failure">
      {hasFailed ? <p>{t(failureKey(code), { code })}</p> : null}
      <div className="message__actions">
        {needsTemplate ? (
          <button
            type="button"
            onClick={() =>
              actions.showOver({
                kind: 'templates',
                conversationIds: [conversationId],
                motivo: item.kind === 'text' ? (item.text ?? '') : '',
              })
            }
          >
            {t('templates.choose')}
          </button>
        ) : null}
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

/** Below a message of ours: what is still to happen with it, and what a person may do about it. */
export function Outgoing({ item }: { item: ThreadItem }) {
  if (item.direction !== 'outbound') return null;
  if (item.heldUntil !== null && item.delivery?.state === 'queued') {
    return <Held item={item} until={item.heldUntil} />;
  }
  const isScheduled = item.sendAt !== null && ['scheduled', 'queued'].includes(item.delivery?.state ?? '');
  if (isScheduled && item.sendAt !== null) return <Scheduled item={item} sendAt={item.sendAt} />;
  return <Failed item={item} />;
}
