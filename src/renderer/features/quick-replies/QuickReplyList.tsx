import { Paperclip, Settings2, UserRound } from 'lucide-react';
import { useTranslate } from '../../i18n/index.ts';
import { plainText } from '../../lib/whatsapp-text.ts';
import { useActions } from '../../stores/index.ts';
import type { QuickReplyChoice } from './use-quick-reply-choice.ts';
import './quick-replies.css';

/** Saved texts above the composer: the one that is chosen leaves at once. */
export function QuickReplyList({ choice }: { choice: QuickReplyChoice }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { found, activeIndex, listId } = choice;
  return (
    <div className="quick-replies">
      <div id={listId} role="listbox" aria-label={t('quickReplies.open')} className="quick-replies__list">
        {found.map((reply, index) => {
          const words = plainText(choice.fill(reply).text);
          return (
            <div
              key={reply.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === activeIndex}
              className="quick-replies__option"
              data-active={index === activeIndex}
              onPointerMove={() => {
                if (index !== activeIndex) choice.setActive(index);
              }}
              // The box keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={(event) => (event.shiftKey ? choice.edit(reply) : choice.send(reply))}
            >
              <span className="quick-replies__shortcut">/{reply.shortcut}</span>
              <span className="quick-replies__text">{words}</span>
              {reply.file === null ? null : (
                <span className="quick-replies__mark" title={reply.file.fileName}>
                  <Paperclip size={14} aria-label={reply.file.fileName} />
                </span>
              )}
              {reply.isMine ? (
                <span className="quick-replies__mark" title={t('quickReplies.mine')}>
                  <UserRound size={14} aria-label={t('quickReplies.mine')} />
                </span>
              ) : null}
            </div>
          );
        })}
        {found.length === 0 ? (
          <div role="option" aria-selected={false} aria-disabled="true" className="picker__nothing">
            {t('quickReplies.nothing')}
          </div>
        ) : null}
      </div>
      <div className="quick-replies__foot">
        <span>
          <kbd className="key">{t('shortcuts.keys.enter')}</kbd> {t('quickReplies.sends')}
        </span>
        <span>
          <kbd className="key">{`${t('shortcuts.keys.shift')}+${t('shortcuts.keys.enter')}`}</kbd>{' '}
          {t('quickReplies.inserts')}
        </span>
        <button
          type="button"
          className="quick-replies__manage"
          onClick={() => actions.changeUi({ dialog: 'quickReplies' })}
        >
          <Settings2 size={14} aria-hidden="true" />
          {t('quickReplies.manage')}
        </button>
      </div>
    </div>
  );
}
