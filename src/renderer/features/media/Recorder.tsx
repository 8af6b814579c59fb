import { SendHorizontal, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { barsOf, clockTime } from './media-words.ts';
import { MEASURE_MS, startRecording, toOgg, type Recording } from './record-voice.ts';

/** Bars on screen while it records; the newest on the right. */
const SHOWN = 48;
/** Measures kept with the message. */
const KEPT = 64;
/** Anything shorter is a slip of the hand. */
const SHORTEST_MS = 500;

interface RecorderProps {
  conversationId: string;
  onDone: () => void;
}

/** Recording a voice note: how long it is, how loud, and the two ways out. */
export function Recorder({ conversationId, onDone }: RecorderProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const recording = useRef<Recording | null>(null);
  const sendButton = useRef<HTMLButtonElement>(null);
  const [levels, setLevels] = useState<readonly number[]>([]);
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [isSending, setIsSending] = useState(false);
  const elapsed = levels.length * MEASURE_MS;

  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setInterval> | undefined;
    startRecording().then(
      (started) => {
        if (isGone) return started.discard();
        recording.current = started;
        setStartedAt(performance.now());
        sendButton.current?.focus();
        timer = setInterval(() => setLevels((held) => [...held, started.level()]), MEASURE_MS);
      },
      (error: unknown) => {
        if (isGone) return;
        const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
        actions.toast(isRefused ? 'voice.notAllowed' : 'voice.noMicrophone');
        onDone();
      },
    );
    return () => {
      isGone = true;
      clearInterval(timer);
      recording.current?.discard();
      recording.current = null;
    };
    // It records once, from when it is there until it goes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  async function send() {
    const current = recording.current;
    if (current === null || startedAt === null || isSending) return;
    const durationMs = Math.round(performance.now() - startedAt);
    if (durationMs < SHORTEST_MS) return onDone();
    setIsSending(true);
    recording.current = null;
    const webm = await current.finish();
    if (webm === null) {
      actions.toast('voice.noMicrophone');
      return onDone();
    }
    const ogg = await toOgg(webm).catch(() => null);
    if (ogg === null) {
      actions.toast('voice.failed');
      return onDone();
    }
    const file = new File([ogg], t('voice.fileName'), { type: 'audio/ogg' });
    const waveform = barsOf(levels, KEPT);
    const taken = await actions.takeIn(file, { isVoice: true, facts: { durationMs, waveform } });
    if ('file' in taken) await actions.sendVoice(conversationId, taken.file);
    else actions.toast('error' in taken ? `errors.${taken.error.code}` : 'voice.failed');
    onDone();
  }

  const shown = [...Array.from({ length: SHOWN }, () => 0), ...levels].slice(-SHOWN);
  return (
    <div
      className="recorder"
      role="group"
      aria-label={t('voice.recording')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onDone();
      }}
    >
      <button
        type="button"
        className="icon-button"
        aria-label={t('voice.discard')}
        title={t('voice.discard')}
        onClick={onDone}
      >
        <Trash2 size={18} aria-hidden="true" />
      </button>
      <span className="recorder__light" aria-hidden="true" />
      <span className="recorder__time numeric" role="timer">
        {clockTime(elapsed)}
      </span>
      <div className="recorder__bars" aria-hidden="true">
        {shown.map((loudness, index) => (
          <span key={index} style={{ height: `${Math.max(6, loudness)}%` }} />
        ))}
      </div>
      <button
        ref={sendButton}
        type="button"
        className="button button--primary"
        aria-disabled={startedAt === null || isSending}
        onClick={() => void send()}
      >
        {t(isSending ? 'voice.sending' : 'composer.send')}
        <SendHorizontal size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
