import { lazy, Suspense } from 'react';
import { useActions, useAppState } from '../../stores/index.ts';

const Viewer = lazy(async () => ({ default: (await import('./Viewer.tsx')).Viewer }));
const FilesDialog = lazy(async () => ({ default: (await import('./FilesDialog.tsx')).FilesDialog }));

/** Files over the window: one of them large, or all of a conversation. */
export function MediaOver() {
  const actions = useActions();
  const over = useAppState((state) => state.answering.over);
  const close = () => actions.showOver(null);
  if (over?.kind === 'viewer') {
    return (
      <Suspense fallback={null}>
        <Viewer conversationId={over.conversationId} messageId={over.messageId} onClose={close} />
      </Suspense>
    );
  }
  if (over?.kind === 'files') {
    return (
      <Suspense fallback={null}>
        <FilesDialog conversationId={over.conversationId} onClose={close} />
      </Suspense>
    );
  }
  return null;
}
