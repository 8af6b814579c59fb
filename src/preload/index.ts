/** The bridge: names only. Runs before the page, in its own world, sandboxed. */
import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE, CALL_CHANNEL, CALLS, EVENT_CHANNEL_PREFIX, EVENTS } from '../shared/contract/names.ts';

const knownCalls = new Set<unknown>(CALLS);
const knownEvents = new Set<unknown>(EVENTS);

contextBridge.exposeInMainWorld(BRIDGE, {
  call(name: unknown, input: unknown): Promise<unknown> {
    if (!knownCalls.has(name)) return Promise.resolve({ ok: false, error: { code: 'unknown_call' } });
    return ipcRenderer.invoke(CALL_CHANNEL, name, input);
  },

  /** Answers how to stop listening. The listener gets the payload alone, never Electron's event. */
  on(name: unknown, listener: unknown): () => void {
    if (!knownEvents.has(name) || typeof listener !== 'function') return () => undefined;
    const channel = EVENT_CHANNEL_PREFIX + String(name);
    const forward = (_event: unknown, payload: unknown) => {
      listener(payload);
    };
    ipcRenderer.on(channel, forward);
    return () => {
      ipcRenderer.removeListener(channel, forward);
    };
  },
});
