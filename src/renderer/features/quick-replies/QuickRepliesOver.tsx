import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';
import { QuickReplySettings } from './QuickReplySettings.tsx';

/** The saved texts over the window, from where they are used. */
export function QuickRepliesOver() {
  const { t } = useTranslate();
  const actions = useActions();
  const isOpen = useAppState((state) => state.answering.over?.kind === 'quickReplies');
  if (!isOpen) return null;
  return (
    <Dialog
      title={t('quickReplies.title')}
      closeLabel={t('app.close')}
      onClose={() => {
        actions.showOver(null);
        actions.focusComposer();
      }}
    >
      <QuickReplySettings />
    </Dialog>
  );
}
