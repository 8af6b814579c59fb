import { Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { mediaAddress } from './address.ts';
import { barsOf, clockTime } from './media-words.ts';

const BARS = 36;
const SPEEDS = [1, 1.5, 2] as const;
/** Seconds an arrow key moves. */
const STEP = 2;

/** Only one is heard at a time. */
let playing: HTMLAudioElement | null = null;

interface AudioPlayerProps {
  mediaId: string;
  label: string;
  durationMs: number | null;
  waveform: readonly number[] | null;
  onFailed: () => void;
}

/** A voice note or a sound: play, seek by pointer and arrow keys, 1×, 1.5×, 2×. */
export function AudioPlayer({ mediaId, label, durationMs, waveform, onFailed }: AudioPlayerProps) {
  const { t, number } = useTranslate();
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [known, setKnown] = useState<number | null>(null);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1);
  const bars = useMemo(() => barsOf(waveform ?? [], BARS), [waveform]);
  const duration = known ?? (durationMs === null ? null : durationMs / 1_000);
  const part = duration === null || duration === 0 ? 0 : Math.min(1, at / duration);

  useEffect(() => {
    const element = audio.current;
    return () => {
      element?.pause();
      if (playing === element) playing = null;
    };
  }, []);

  function toggle() {
    const element = audio.current;
    if (!element) return;
    if (!element.paused) {
      element.pause();
      return;
    }
    playing?.pause();
    playing = element;
    element.playbackRate = speed;
    // The error event says what went wrong.
    void element.play().catch(() => {});
  }
  function seek(seconds: number) {
    setAt(seconds);
    if (audio.current) audio.current.currentTime = seconds;
  }
  function nextSpeed() {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
    setSpeed(next);
    if (audio.current) audio.current.playbackRate = next;
  }

  return (
    <div className="audio" role="group" aria-label={label}>
      <audio
        ref={audio}
        src={mediaAddress(mediaId)}
        preload="none"
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onEnded={() => seek(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => {
          const { duration: seconds } = event.currentTarget;
          if (Number.isFinite(seconds)) setKnown(seconds);
        }}
        onError={onFailed}
      />
      <button
        type="button"
        className="audio__play"
        aria-label={t(isPlaying ? 'media.pause' : 'media.play')}
        onClick={toggle}
      >
        {isPlaying ? <Pause size={17} aria-hidden="true" /> : <Play size={17} aria-hidden="true" />}
      </button>
      <div className="audio__track">
        <div className="audio__bars" aria-hidden="true" data-flat={waveform === null}>
          {bars.map((loudness, index) => (
            <span
              key={index}
              data-heard={(index + 0.5) / BARS <= part}
              style={{ height: `${Math.max(12, loudness)}%` }}
            />
          ))}
        </div>
        <input
          type="range"
          className="audio__seek"
          min={0}
          max={duration ?? 1}
          step={0.1}
          value={Math.min(at, duration ?? 1)}
          aria-label={t('media.seek')}
          aria-valuetext={clockTime(at * 1_000)}
          onChange={(event) => seek(Number(event.target.value))}
          onKeyDown={(event) => {
            const steps: Record<string, number> = { ArrowRight: STEP, ArrowLeft: -STEP };
            const step = steps[event.key];
            if (step !== undefined) seek(Math.max(0, Math.min(duration ?? 0, at + step)));
            else if (event.key === ' ') toggle();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      </div>
      <span className="audio__time numeric">
        {clockTime((isPlaying || at > 0 ? at : (duration ?? 0)) * 1_000)}
      </span>
      <button
        type="button"
        className="audio__speed numeric"
        aria-label={t('media.speed', { speed: number(speed) })}
        title={t('media.speed', { speed: number(speed) })}
        onClick={nextSpeed}
      >
        {number(speed)}×
      </button>
    </div>
  );
}
