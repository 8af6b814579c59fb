import { BlobSource, BufferTarget, Conversion, Input, OggOutputFormat, Output, WEBM } from 'mediabunny';

/** What the browser records; WhatsApp wants the same sound in another wrapping. */
const RECORDED = 'audio/webm;codecs=opus';
/** Speech is clear at this many bits a second, and an hour of it stays under WhatsApp's limit. */
const BITS_PER_SECOND = 32_000;
/** How often loudness is measured, milliseconds. */
export const MEASURE_MS = 80;

/** Opus in Ogg, as WhatsApp shows voice notes; the packets are the same, nothing is encoded anew. */
export async function toOgg(webm: Blob): Promise<Blob> {
  const input = new Input({ source: new BlobSource(webm), formats: [WEBM] });
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const conversion = await Conversion.init({ input, output });
  await conversion.execute();
  if (target.buffer === null) throw new Error('The voice note could not be wrapped');
  return new Blob([target.buffer], { type: 'audio/ogg' });
}

export interface Recording {
  /** Loudness of this instant, 0 to 100. */
  level: () => number;
  /** Ends it and gives the sound; null when nothing was heard at all. */
  finish: () => Promise<Blob | null>;
  discard: () => void;
}

/** Records the microphone, in one channel whatever it has. Rejects as `getUserMedia` does. */
export async function startRecording(): Promise<Recording> {
  const microphone = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const sound = new AudioContext({ sampleRate: 48_000 });
  const source = sound.createMediaStreamSource(microphone);
  const single = new MediaStreamAudioDestinationNode(sound, {
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  const meter = sound.createAnalyser();
  meter.fftSize = 1_024;
  source.connect(single);
  source.connect(meter);
  const recorder = new MediaRecorder(single.stream, {
    mimeType: RECORDED,
    audioBitsPerSecond: BITS_PER_SECOND,
  });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
  const samples = new Float32Array(meter.fftSize);
  recorder.start();

  function close(): void {
    for (const track of microphone.getTracks()) track.stop();
    void sound.close();
  }
  return {
    level() {
      meter.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech lies between −50 and 0 decibels.
      const decibels = 10 * Math.log10(power + 1e-9);
      return Math.round(Math.max(0, Math.min(100, (decibels + 50) * 2)));
    },
    finish: () =>
      new Promise((resolve) => {
        recorder.addEventListener('stop', () => {
          close();
          const whole = new Blob(parts, { type: RECORDED });
          resolve(whole.size === 0 ? null : whole);
        });
        recorder.stop();
      }),
    discard() {
      if (recorder.state !== 'inactive') recorder.stop();
      close();
    },
  };
}
