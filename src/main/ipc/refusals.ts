/**
 * Says what the relay did not accept. A refusal may come before any window listens (work of yesterday, sent at
 * start): it is kept until one has asked for the state, which a window does as soon as it hears events.
 */
import type { EventPayload } from '../../shared/contract/index.ts';

type Refusal = EventPayload<'refused'>;

export function createRefusals({ emit }: { emit: (refusal: Refusal) => void }) {
  let isHeard = false;
  let unsaid: Refusal[] = [];
  return {
    say(refusal: Refusal): void {
      if (isHeard) emit(refusal);
      else unsaid.push(refusal);
    },
    /** A window is there and listens. */
    heard(): void {
      isHeard = true;
      const waiting = unsaid;
      unsaid = [];
      for (const refusal of waiting) emit(refusal);
    },
  };
}
