// `node scripts/sounds/make-sounds.ts`: makes the sounds of notifications out of nothing but sines, so that nobody else
// has a right to them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../runtime/folders.ts';

const RATE = 22_050;

interface Tone {
  /** Seconds from the beginning. */
  at: number;
  /** Hertz, at its beginning and its end. */
  from: number;
  to: number;
  /** Seconds until it is a third as loud. */
  decay: number;
  loudness: number;
}

/** A rising drop, two strokes of a small bell with its overtones, two knocks on wood. */
const SOUNDS: Record<string, { seconds: number; tones: Tone[] }> = {
  drop: {
    seconds: 0.45,
    tones: [
      { at: 0, from: 620, to: 1_180, decay: 0.07, loudness: 0.8 },
      { at: 0.12, from: 880, to: 1_560, decay: 0.08, loudness: 0.6 },
    ],
  },
  bell: {
    seconds: 1,
    tones: [0, 0.16].flatMap((at, stroke) =>
      [1, 2.76, 5.4].map((overtone, index) => {
        const pitch = (stroke === 0 ? 784 : 1_047) * overtone;
        return { at, from: pitch, to: pitch, decay: 0.26 / (index + 1), loudness: 0.55 / (index + 1) ** 2 };
      }),
    ),
  },
  wood: {
    seconds: 0.35,
    tones: [0, 0.13].flatMap((at) =>
      [1, 2.4].map((overtone, index) => ({
        at,
        from: 430 * overtone,
        to: 330 * overtone,
        decay: 0.03,
        loudness: 0.8 / (index + 1),
      })),
    ),
  },
};

function sampleAt(tones: Tone[], seconds: number): number {
  let sum = 0;
  for (const { at, from, to, decay, loudness } of tones) {
    const since = seconds - at;
    if (since < 0) continue;
    // A pitch that glides: its phase is the integral of its frequency.
    const phase = to * since + (from - to) * decay * (1 - Math.exp(-since / decay));
    const attack = Math.min(1, since / 0.004);
    sum += loudness * attack * Math.exp(-since / decay) * Math.sin(2 * Math.PI * phase);
  }
  return Math.max(-1, Math.min(1, sum * 0.8));
}

/** One channel of 16 bits: http://soundfile.sapp.org/doc/WaveFormat/ */
function wave(samples: number[]): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => file.writeInt16LE(Math.round(sample * 32_767), 44 + index * 2));
  return file;
}

for (const [name, { seconds, tones }] of Object.entries(SOUNDS)) {
  const samples = Array.from({ length: Math.round(seconds * RATE) }, (_, index) =>
    sampleAt(tones, index / RATE),
  );
  writeFileSync(join(repositoryFolder, 'src/renderer/sounds', `${name}.wav`), wave(samples));
}
