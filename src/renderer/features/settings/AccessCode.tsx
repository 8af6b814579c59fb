import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useDates, useNow } from '../../stores/index.ts';

interface AccessCodeProps {
  name: string;
  code: string;
  expiresAt: number;
  onDone: () => void;
}

/** The code a colleague enters with: shown this once, with how to hand it over. */
export function AccessCode({ name, code, expiresAt, onDone }: AccessCodeProps) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const [isCopied, setIsCopied] = useState(false);

  async function copy() {
    try {
      await navigator.clipboard.writeText(code);
      setIsCopied(true);
    } catch {
      // It stands there to be read and written down.
    }
  }

  return (
    <section className="access-code" aria-label={t('agents.codeOf', { name })}>
      <p>{t('agents.codeOf', { name })}</p>
      <div className="access-code__line">
        <output className="access-code__code numeric">{code}</output>
        <button type="button" className="button" autoFocus onClick={() => void copy()}>
          {isCopied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
          {t(isCopied ? 'agents.copied' : 'agents.copy')}
        </button>
      </div>
      <p className="access-code__how">{t('agents.codeHow', { name })}</p>
      <p className="access-code__how">
        {t('agents.codeOnce', { time: dates.appointment(expiresAt, now).toLocaleLowerCase() })}
      </p>
      <button type="button" className="button button--primary" onClick={onDone}>
        {t('agents.codeDone')}
      </button>
    </section>
  );
}
