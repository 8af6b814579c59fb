import { useEffect, useState, type ReactNode } from 'react';
import type { CallError, ErrorCode, Reply } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { Sure } from './Sure.tsx';
import { useIsConnected } from './use-relay.ts';

/** What only the relay can tell: asked for when it can be, and again on `askAgain`. `read` must stay the same. */
export function useRelayList<Item>(read: () => Promise<Reply<readonly Item[]>>) {
  const isConnected = useIsConnected();
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isWanted = true;
    if (isConnected) {
      void read().then((reply) => {
        if (!isWanted) return;
        setProblem(reply.ok ? null : reply.error.code);
        if (reply.ok) setItems(reply.data);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [read, isConnected, turn]);

  return { items, problem, isConnected, say: setProblem, askAgain: () => setTurn((count) => count + 1) };
}

/** That the relay was asked and did not say, or has not said yet. */
export function RelayListState({
  list,
  asking,
}: {
  list: Pick<ReturnType<typeof useRelayList>, 'items' | 'problem' | 'isConnected' | 'askAgain'>;
  asking: string;
}) {
  const { t } = useTranslate();
  if (list.problem !== null) {
    return (
      <div role="alert">
        <p className="field__problem">{t(`errors.${list.problem}`)}</p>
        <button type="button" className="button button--compact" onClick={list.askAgain}>
          {t('app.retry')}
        </button>
      </div>
    );
  }
  return list.items === null && list.isConnected ? (
    <p className="manage__nothing" role="status">
      {asking}
    </p>
  ) : null;
}

interface EndableLineProps {
  icon: ReactNode;
  title: ReactNode;
  facts: readonly string[];
  isGone?: boolean;
  /** How it is ended; null when it cannot be from here. */
  ending: {
    word: string;
    /** The word with what it is about, for those who cannot see the line. */
    label: string;
    /** What it means, said before it is done. */
    meaning: string;
    end: () => Promise<CallError | null>;
  } | null;
}

/** A line of something that can be ended for good, after a word about what that means. */
export function EndableLine({ icon, title, facts, isGone = false, ending }: EndableLineProps) {
  const { t } = useTranslate();
  const [isAsked, setIsAsked] = useState(false);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  return (
    <li className="manage__item" data-gone={isGone}>
      <div className="agent">
        <span className="device__icon" aria-hidden="true">
          {icon}
        </span>
        <div className="agent__who">
          <p className="agent__name">{title}</p>
          <p className="agent__facts numeric">{facts.join(' · ')}</p>
        </div>
        {ending === null ? null : (
          <button
            type="button"
            className="button button--compact button--danger"
            aria-label={ending.label}
            aria-expanded={isAsked}
            onClick={() => setIsAsked(!isAsked)}
          >
            {ending.word}
          </button>
        )}
      </div>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {isAsked && ending !== null ? (
        <Sure
          text={ending.meaning}
          confirm={ending.word}
          isDangerous
          onConfirm={() => {
            setIsAsked(false);
            void ending.end().then((error) => setProblem(error?.code ?? null));
          }}
          onCancel={() => setIsAsked(false)}
        />
      ) : null}
    </li>
  );
}
