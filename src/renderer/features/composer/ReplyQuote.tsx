import { Reply, X } from 'lucide-react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { QuotedWords } from '../thread/index.ts';

/** The message that is being answered, above the words that answer it. */
export function ReplyQuote({ messageId, patientName }: { messageId: string; patientName: string }) {
  const { t } = useTranslate();
  const actions = useActions();
  const item = useAppState((state) => state.thread.items.find((each) => each.messageId === messageId));
  return (
    <div className="reply">
      <Reply size={15} aria-hidden="true" />
      <QuotedWords
        author={item?.direction === 'inbound' ? patientName : (item?.author.name ?? t('thread.clinic'))}
        kind={item?.kind ?? null}
        text={item?.text ?? null}
      />
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={t('reply.cancel')}
        title={t('reply.cancel')}
        onClick={() => actions.replyTo(null)}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}
