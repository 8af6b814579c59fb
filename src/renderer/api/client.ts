import {
  BRIDGE,
  CallError,
  calls,
  events,
  type Bridge,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type Reply,
} from '../../shared/contract/index.ts';

/** The one way to the main process. Never throws: what goes wrong is a reply with a code. */
export interface Client {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
}

/** Where a shape was broken, never with what: patient text stays out of every log. */
function describeShape(
  name: string,
  issues: readonly { path: readonly PropertyKey[]; code?: string }[],
): string {
  const places = issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.code ?? ''}`);
  return `Unexpected shape of ${name}: ${places.join(', ')}`;
}

const internal = { ok: false, error: { code: 'internal' } } as const;

/**
 * A client over what the preload put on `window`; answers and events are parsed before anyone sees them. `report` hears
 * of shapes that break the contract.
 */
export function createClient(bridge: Bridge, report: (message: string) => void): Client {
  return {
    async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>> {
      let reply: Reply<unknown>;
      try {
        reply = await bridge.call(name, input);
      } catch {
        return internal;
      }
      if (!reply.ok) {
        const error = CallError.safeParse(reply.error);
        return error.success ? { ok: false, error: error.data } : internal;
      }
      const data = calls[name].out.safeParse(reply.data);
      if (data.success) return { ok: true, data: data.data as CallOutput<Name> };
      report(describeShape(name, data.error.issues));
      return internal;
    },
    on(name, listener) {
      return bridge.on(name, (payload) => {
        const parsed = events[name].safeParse(payload);
        if (parsed.success) listener(parsed.data as Parameters<typeof listener>[0]);
        else report(describeShape(name, parsed.error.issues));
      });
    },
  };
}

/** The bridge of this window. Throws when the preload did not run: there is nothing to show then. */
export function windowBridge(): Bridge {
  const bridge = (window as unknown as Record<string, Bridge | undefined>)[BRIDGE];
  if (!bridge) throw new Error('The preload did not run');
  return bridge;
}
