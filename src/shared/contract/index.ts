/** The contract between window and main process, parsed on both ends. */
export * from './calls.ts';
export * from './errors.ts';
export * from './names.ts';
export * from './notifications.ts';
export * from './views.ts';
import type { CallInput, CallOutput, EventPayload } from './calls.ts';
import type { Reply } from './errors.ts';
import type { CallName, EventName } from './names.ts';

/** What the preload puts on `window`. */
export interface Bridge {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
}
