import type { EventPayload, Sound } from '../../shared/contract/index.ts';

// Addresses are worked out when the window is built: each has to be written out.
const ADDRESSES: Record<Sound, string> = {
  drop: new URL('../sounds/drop.wav', import.meta.url).href,
  bell: new URL('../sounds/bell.wav', import.meta.url).href,
  wood: new URL('../sounds/wood.wav', import.meta.url).href,
};

/** Plays a sound of notifications; volume in percent. A PC without a loudspeaker is a quiet one. */
export function playSound({ sound, volume }: EventPayload<'sound'>): void {
  const audio = new Audio(ADDRESSES[sound]);
  audio.volume = volume / 100;
  audio.play().catch(() => undefined);
}
