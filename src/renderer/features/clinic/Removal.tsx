import { useEffect, useState } from 'react';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { INITIAL_QUERY, useRecado } from '../../stores/index.ts';

interface RemovalProps {
  /** Sentences with the name, by how many conversations it concerns. */
  sentence: SentenceKey;
  name: string;
  /** What the conversations have in common. */
  part: { tagIds: string[] } | { teamId: string };
  confirm: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Says how many conversations lose it before it is gone. */
export function Removal({ sentence, name, part, confirm, onConfirm, onCancel }: RemovalProps) {
  const { t, count } = useTranslate();
  const { actions } = useRecado();
  const [amount, setAmount] = useState<number | null>(null);
  const key = JSON.stringify(part);
  useEffect(() => {
    let isWanted = true;
    const query = { ...INITIAL_QUERY, filter: 'all' as const, ...(JSON.parse(key) as typeof part) };
    void actions.match(query).then((found) => {
      if (isWanted) setAmount(found);
    });
    return () => {
      isWanted = false;
    };
  }, [actions, key]);
  return (
    <div className="removal" role="group">
      <p role="status">{amount === null ? ' ' : count(sentence, amount, { name })}</p>
      <div className="removal__buttons">
        <button type="button" className="button button--compact" autoFocus onClick={onCancel}>
          {t('picker.cancel')}
        </button>
        <button
          type="button"
          className="button button--compact button--danger"
          aria-disabled={amount === null}
          onClick={() => {
            if (amount !== null) onConfirm();
          }}
        >
          {confirm}
        </button>
      </div>
    </div>
  );
}
