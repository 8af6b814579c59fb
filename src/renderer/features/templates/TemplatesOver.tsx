import { lazy, Suspense, useEffect } from 'react';
import { useRecado, useAppState } from '../../stores/index.ts';

const TemplateDialog = lazy(async () => ({
  default: (await import('./TemplateDialog.tsx')).TemplateDialog,
}));
const NewConversationDialog = lazy(async () => ({
  default: (await import('./NewConversationDialog.tsx')).NewConversationDialog,
}));

/** Ctrl+T chooses a template for what is picked or open, Ctrl+N begins a conversation, Ctrl+Z takes back what was sent. */
function useTemplateKeys(): void {
  const { actions, store } = useRecado();
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      const key = event.key.toLowerCase();
      const { answering, inbox, thread } = store.getState();
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea');
      if (key === 'n') actions.showOver({ kind: 'newConversation' });
      else if (key === 'z' && !isTyping && answering.sent !== null) void actions.undoSend();
      else if (key === 't') {
        const { ids } = inbox.selection;
        if (ids.length > 0) actions.pickTemplate(ids);
        else if (thread.detail !== null && !thread.detail.facts.spam) {
          actions.pickTemplate([thread.detail.conversationId]);
        }
      } else return;
      event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [actions, store]);
}

/** Templates over the window: choosing one, or beginning a conversation with one. */
export function TemplatesOver() {
  const { actions } = useRecado();
  const over = useAppState((state) => state.answering.over);
  useTemplateKeys();
  function close() {
    actions.showOver(null);
    actions.focusComposer();
  }
  if (over?.kind === 'templates') {
    const { conversationIds, motivo } = over;
    return (
      <Suspense fallback={null}>
        <TemplateDialog conversationIds={conversationIds} motivo={motivo} onClose={close} />
      </Suspense>
    );
  }
  if (over?.kind === 'newConversation') {
    return (
      <Suspense fallback={null}>
        <NewConversationDialog onClose={close} />
      </Suspense>
    );
  }
  return null;
}
