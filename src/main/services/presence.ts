/** Who is where: says it for this PC as long as it holds, and remembers for a moment what other PCs say. */
import {
  PRESENCE_LIFETIME_MS,
  PRESENCE_REPEAT_MS,
  type PresenceEvent,
  type PresenceRequest,
} from '@recado/protocol';
import type { z } from 'zod';
import type { PresenceView } from '../../shared/contract/index.ts';
import type { Scheduler } from '../lib/time.ts';

type Request = z.infer<typeof PresenceRequest>;

export interface Presence {
  /** What the person in front of this PC is doing. */
  set(input: { conversationId: string | null; isWriting: boolean }): void;
  /** Another PC said something. */
  hear(event: PresenceEvent): void;
  /** Whether the relay is being listened to: without it nothing is known of others and nobody is told. */
  setListening(isListening: boolean): void;
  others(): PresenceView[];
  /** Somebody's name may have changed. */
  refreshNames(): void;
  /** Says that nobody is here any more; resolves when it was said or could not be. */
  stop(): Promise<void>;
}

interface Heard {
  agentId: string;
  conversationId: string;
  state: PresenceView['state'];
  cancel: () => void;
}

const AWAY: Request = { conversationId: null, state: 'away' };

export function createPresence(deps: {
  /** Tells the relay; failures are its own affair, presence is never made up for. */
  say: (request: Request) => Promise<unknown>;
  ownDeviceId: string;
  /** Names of the clinic's agents by id. */
  agentNames: () => Promise<Map<string, string>>;
  scheduler: Scheduler;
  onChanged: (others: PresenceView[]) => void;
  onError: (error: unknown) => void;
}): Presence {
  const { scheduler } = deps;
  const heard = new Map<string, Heard>();
  let names = new Map<string, string>();
  let own: Request = AWAY;
  let isListening = false;
  let isStopped = false;
  let cancelRepeat: () => void = () => undefined;
  let saying: Promise<void> | null = null;
  /** Whether the relay may still believe that somebody is here. */
  let isKnown = false;
  let sentText = '[]';

  /** One request at a time, always with the newest word: what changed meanwhile is said afterwards. */
  function tell(): void {
    cancelRepeat();
    saying ??= (async () => {
      let request: Request;
      do {
        request = own;
        isKnown ||= request.state !== 'away';
        await deps.say(request);
      } while (request !== own);
    })()
      .catch(deps.onError)
      .then(() => {
        saying = null;
        isKnown = own.state !== 'away';
        if (isListening && !isStopped && own.state !== 'away')
          cancelRepeat = scheduler.after(PRESENCE_REPEAT_MS, tell);
      });
  }

  function others(): PresenceView[] {
    const views = new Map<string, PresenceView>();
    for (const { agentId, conversationId, state } of heard.values()) {
      const name = names.get(agentId);
      if (name === undefined) continue;
      const key = `${conversationId} ${agentId}`;
      // Somebody with two PCs is one person, writing if they write on either.
      if (views.get(key)?.state !== 'writing') views.set(key, { conversationId, agentId, name, state });
    }
    return [...views.values()];
  }

  /** Repetitions change nothing and are not told. */
  function tellChanges() {
    if (isStopped) return;
    const now = others();
    const text = JSON.stringify(now);
    if (text === sentText) return;
    sentText = text;
    deps.onChanged(now);
  }

  function forget(deviceId: string) {
    heard.get(deviceId)?.cancel();
    heard.delete(deviceId);
  }

  function refreshNames() {
    deps.agentNames().then((newest) => {
      names = newest;
      tellChanges();
    }, deps.onError);
  }

  return {
    set({ conversationId, isWriting }) {
      const next: Request =
        conversationId === null ? AWAY : { conversationId, state: isWriting ? 'writing' : 'viewing' };
      if (JSON.stringify(next) === JSON.stringify(own)) return;
      own = next;
      if (isListening && !isStopped) tell();
    },
    hear({ deviceId, agentId, conversationId, state }) {
      if (deviceId === deps.ownDeviceId || isStopped) return;
      forget(deviceId);
      if (state !== 'away' && conversationId !== null) {
        const cancel = scheduler.after(PRESENCE_LIFETIME_MS, () => {
          forget(deviceId);
          tellChanges();
        });
        heard.set(deviceId, { agentId, conversationId, state, cancel });
        if (!names.has(agentId)) refreshNames();
      }
      tellChanges();
    },
    setListening(value) {
      if (value === isListening || isStopped) return;
      isListening = value;
      if (isListening) {
        if (own.state !== 'away') tell();
        return;
      }
      cancelRepeat();
      for (const deviceId of [...heard.keys()]) forget(deviceId);
      tellChanges();
    },
    others,
    refreshNames,
    async stop() {
      isStopped = true;
      cancelRepeat();
      for (const deviceId of [...heard.keys()]) forget(deviceId);
      own = AWAY;
      if (isListening && isKnown) tell();
      await saying;
    },
  };
}
