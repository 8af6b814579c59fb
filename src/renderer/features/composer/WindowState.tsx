import { composerMode, sendingEffect, serviceWindow, windowEnd } from '@recado/protocol';
import { Bot, CloudOff, LayoutTemplate, Lock, RotateCcw, Timer, TimerOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Trans } from 'react-i18next';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { remaining, remainingCount, SOON_MS } from '../../lib/remaining.ts';
import { these, useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { focusPane } from '../../ui/index.ts';

type Facts = ConversationDetail['facts'];

function Rich({
  sentence,
  values,
  count,
}: {
  sentence: SentenceKey;
  values: Record<string, string>;
  count?: number;
}) {
  return (
    <Trans
      i18nKey={sentence as never}
      values={values}
      {...(count === undefined ? {} : { count })}
      components={{ b: <b /> }}
    />
  );
}

/** The open window in words: how long it lasts, or until when a message written offline can leave. */
export function OpenWindow({ facts }: { facts: Facts }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow('minute', windowEnd(facts));
  const isOffline = useAppState((state) => state.app?.sync.phase === 'offline');
  const window = serviceWindow(facts, now);
  if (window.state !== 'open') return null;
  const isSoon = window.remainingMs < SOON_MS;
  const left = remaining(window.remainingMs, 'exact');
  const { key, ...values } = left;
  const effect = sendingEffect(facts);
  return (
    <div className="window" data-soon={isSoon}>
      <p className="window__left numeric">
        {isOffline ? <CloudOff size={14} aria-hidden="true" /> : <Timer size={14} aria-hidden="true" />}
        <span>
          {isOffline ? (
            <Rich
              sentence="composer.offlineDeadline"
              values={{ deadline: dates.appointment(window.expiresAt, now).toLocaleLowerCase() }}
            />
          ) : (
            <Rich
              sentence={isSoon ? 'composer.windowSoon' : 'composer.windowOpen'}
              values={{ time: t(key, values) }}
              count={remainingCount(left)}
            />
          )}
        </span>
      </p>
      {effect === 'none' ? null : (
        <p className="window__effect">
          {effect === 'takesOver' ? (
            <Bot size={14} aria-hidden="true" />
          ) : (
            <RotateCcw size={14} aria-hidden="true" />
          )}
          {t(`composer.${effect}`)}
        </p>
      )}
    </div>
  );
}

/** Why nothing at all can be written: spam, or what WhatsApp keeps apart. */
const BLOCK_WORDS = {
  none: 'composer.spamText',
  blocking: 'composer.blockingText',
  blocked: 'failures.130403',
  unblocking: 'composer.unblockingText',
} as const;

interface LockedWindowProps {
  facts: Facts;
  hasText: boolean;
  conversationId: string;
}

/** Why nothing can be written now, and the way on: a template, one key away. */
export function LockedWindow({ facts, hasText, conversationId }: LockedWindowProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow('minute', windowEnd(facts));
  const button = useRef<HTMLButtonElement>(null);
  const focusToken = useAppState((state) => state.ui.composerFocus);
  const isDisabled = composerMode(facts, now) === 'disabled';
  const blockState = facts.spam ? 'none' : (facts.blockState ?? 'none');
  const isNever = serviceWindow(facts, now).state === 'never';
  const last = facts.lastInboundSentAt;
  const title =
    blockState !== 'none'
      ? (`composer.${blockState}Title` as const)
      : isDisabled
        ? 'composer.spamTitle'
        : isNever
          ? 'composer.neverTitle'
          : 'composer.closedTitle';
  const text = isDisabled
    ? t(BLOCK_WORDS[blockState])
    : isNever
      ? t('composer.neverText')
      : last === null
        ? t('composer.closedTextNoDate')
        : t('composer.closedText', { date: dates.dateTime(last) });
  const Icon = isDisabled ? Lock : TimerOff;

  useEffect(() => {
    if (focusToken > 0) button.current?.focus();
  }, [focusToken]);
  // The box goes away when the window closes; the focus must not go with it.
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    if (button.current === null) focusPane('list');
    else button.current.focus();
  }, []);

  return (
    <div className="locked">
      <Icon size={18} aria-hidden="true" />
      <div className="locked__words" role="status">
        <p className="locked__title">{t(title)}</p>
        <p className="locked__text">
          {text}
          {hasText ? ` ${t(isDisabled ? 'composer.draftKept' : 'composer.draftOffered')}` : ''}
        </p>
      </div>
      {blockState === 'blocked' || blockState === 'blocking' ? (
        <button
          ref={button}
          type="button"
          className="button locked__button"
          data-pane-entry=""
          onClick={() => actions.act(these(conversationId), { type: 'unblock' })}
        >
          {t('actions.unblock')}
        </button>
      ) : null}
      {isDisabled ? null : (
        <button
          ref={button}
          type="button"
          className="button button--primary locked__button"
          data-pane-entry=""
          onClick={() => actions.pickTemplate([conversationId])}
        >
          <LayoutTemplate size={17} aria-hidden="true" />
          {t('templates.choose')}
          <kbd className="key" aria-hidden="true">
            {t('templates.key')}
          </kbd>
        </button>
      )}
    </div>
  );
}
