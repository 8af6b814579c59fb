import { composerMode, sendingEffect, serviceWindow, windowEnd } from '@recado/protocol';
import { Bot, CloudOff, Lock, RotateCcw, Timer, TimerOff } from 'lucide-react';
import { Trans } from 'react-i18next';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { remaining, remainingCount, SOON_MS } from '../../lib/remaining.ts';
import { useAppState, useDates, useNow } from '../../stores/index.ts';

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

/** Why nothing can be written now, and what would change it. */
export function LockedWindow({ facts, hasText }: { facts: Facts; hasText: boolean }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow('minute', windowEnd(facts));
  const isSpam = composerMode(facts, now) === 'disabled';
  const isNever = serviceWindow(facts, now).state === 'never';
  const last = facts.lastInboundSentAt;
  const title = isSpam ? 'composer.spamTitle' : isNever ? 'composer.neverTitle' : 'composer.closedTitle';
  const text = isSpam
    ? t('composer.spamText')
    : isNever
      ? t('composer.neverText')
      : last === null
        ? t('composer.closedTextNoDate')
        : t('composer.closedText', { date: dates.dateTime(last) });
  const Icon = isSpam ? Lock : TimerOff;
  return (
    <div className="locked" role="status">
      <Icon size={18} aria-hidden="true" />
      <div>
        <p className="locked__title">{t(title)}</p>
        <p className="locked__text">
          {text}
          {hasText ? ` ${t('composer.draftKept')}` : ''}
        </p>
      </div>
    </div>
  );
}
