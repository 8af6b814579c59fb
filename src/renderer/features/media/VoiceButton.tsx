import { Mic } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import './media.css';

const Recorder = lazy(async () => ({ default: (await import('./Recorder.tsx')).Recorder }));

/** Begins a voice note in the place of the composer's box. */
export function VoiceButton({ conversationId }: { conversationId: string }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [isRecording, setIsRecording] = useState(false);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t('voice.record')}
        title={t('voice.record')}
        onClick={() => setIsRecording(true)}
      >
        <Mic size={18} aria-hidden="true" />
      </button>
      {isRecording ? (
        <Suspense fallback={null}>
          <Recorder
            conversationId={conversationId}
            onDone={() => {
              setIsRecording(false);
              actions.focusComposer();
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
