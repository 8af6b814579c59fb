import { MessagesSquare } from 'lucide-react';
import type { CallError } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { plainText } from '../../lib/whatsapp-text.ts';

interface AnsweredProps {
  answer: NonNullable<CallError['answer']>;
  onSend: () => void;
}

/** Someone else answered while this was being written: what they said, and the way to send all the same. */
export function Answered({ answer, onSend }: AnsweredProps) {
  const { t } = useTranslate();
  const { authorName, text } = answer;
  return (
    <div className="answered" role="alert">
      <MessagesSquare size={17} aria-hidden="true" />
      <div className="answered__words">
        <p className="answered__title">
          {authorName === null ? t('answered.someone') : t('answered.by', { name: authorName })}
        </p>
        {text === null ? null : <p className="answered__text">{plainText(text)}</p>}
        <p className="answered__hint">{t('answered.hint')}</p>
      </div>
      <button type="button" className="button button--compact" onClick={onSend}>
        {t('answered.send')}
      </button>
    </div>
  );
}
