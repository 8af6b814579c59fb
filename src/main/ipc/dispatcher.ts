/** Where every call of a window arrives: known name, trusted sender, parsed input, handler, reply as a value. */
import {
  calls,
  CALLS,
  type CallError,
  type CallName,
  type CallOutput,
  type ErrorCode,
  type Reply,
} from '../../shared/contract/index.ts';
import type { z } from 'zod';
import type { Log } from '../lib/log.ts';

type ParsedInput<Name extends CallName> = z.output<(typeof calls)[Name]['in']>;

/** A handler answers data or a code; what it throws is a mistake of this program and answered `internal`. */
export type Handler<Name extends CallName> = (input: ParsedInput<Name>) => Promise<Reply<CallOutput<Name>>>;
export type Handlers = { [Name in CallName]: Handler<Name> };

/** The transport's verdict on who is calling: our window, its main frame, our origin. */
export interface Sender {
  trusted: boolean;
}

export const done = <Data>(data: Data): Reply<Data> => ({ ok: true, data });
export const refused = (code: ErrorCode, more: Omit<CallError, 'code'> = {}): Reply<never> => ({
  ok: false,
  error: { code, ...more },
});

export type Dispatch = (name: unknown, input: unknown, sender: Sender) => Promise<Reply<unknown>>;

const known = new Set<unknown>(CALLS);
const isCallName = (name: unknown): name is CallName => known.has(name);

/** `checkOutput`: also parse what handlers answer, in development and tests; a released app trusts itself. */
export function createDispatcher(deps: { handlers: Handlers; checkOutput: boolean; log: Log }): Dispatch {
  const { handlers, log } = deps;
  return async (name, input, sender) => {
    if (!isCallName(name)) {
      log('call.refused', { code: 'unknown_call' });
      return refused('unknown_call');
    }
    if (!sender.trusted) {
      log('call.refused', { call: name, code: 'untrusted_sender' });
      return refused('untrusted_sender');
    }
    try {
      const parsed = calls[name].in.safeParse(input);
      if (!parsed.success) {
        log('call.refused', { call: name, code: 'invalid_input' });
        return refused('invalid_input');
      }
      const handler = handlers[name] as (input: unknown) => Promise<Reply<unknown>>;
      const reply = await handler(parsed.data);
      if (!reply.ok) {
        log('call.refused', { call: name, code: reply.error.code });
        return reply;
      }
      if (!deps.checkOutput) return reply;
      const checked = calls[name].out.safeParse(reply.data);
      if (checked.success) return reply;
      const path = checked.error.issues[0]?.path.map(String).join('.') ?? '';
      log('call.badOutput', { call: name, path });
      return refused('internal');
    } catch (error) {
      // The name of the error only: its message may quote what a patient wrote.
      log('call.failed', { call: name, error: error instanceof Error ? error.name : 'unknown' });
      return refused('internal');
    }
  };
}
