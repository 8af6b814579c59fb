import { z } from 'zod';

const times = z.number().int().positive().default(1);

/** Something to go wrong on purpose, for the next `times` occasions. */
export const Fault = z.discriminatedUnion('kind', [
  /** The send is refused with a Graph error and not accepted. */
  z.object({
    kind: z.literal('refuse'),
    times,
    code: z.number().int(),
    httpStatus: z.number().int().optional(),
  }),
  /** The send is answered with a bare HTTP status and no Graph body (a gateway's error page), not accepted. */
  z.object({ kind: z.literal('gatewayError'), times, httpStatus: z.number().int().default(502) }),
  /** The connection breaks before the request is looked at. */
  z.object({ kind: z.literal('resetBeforeAcceptance'), times }),
  /** The message is accepted, statuses go out, but the answer never comes. */
  z.object({ kind: z.literal('timeoutAfterAcceptance'), times }),
  /** The message is accepted and the connection breaks instead of an answer. */
  z.object({ kind: z.literal('resetAfterAcceptance'), times }),
  /** The answer to an accepted message comes late. */
  z.object({ kind: z.literal('slowAnswer'), times, ms: z.number().nonnegative() }),
  /** Accepted, then reported as failed with this code. */
  z.object({ kind: z.literal('failDelivery'), times, code: z.number().int() }),
  /** A file given to WhatsApp is refused. */
  z.object({ kind: z.literal('refuseUpload'), times, code: z.number().int() }),
  /** Blocking or unblocking somebody is refused. */
  z.object({ kind: z.literal('refuseBlock'), times, code: z.number().int() }),
  /** A patient's file cannot be fetched: its address answers 404. */
  z.object({ kind: z.literal('loseDownload'), times }),
  /** A patient's file comes with other bytes than announced. */
  z.object({ kind: z.literal('corruptDownload'), times }),
  /** A webhook is lost for good. */
  z.object({ kind: z.literal('dropWebhook'), times }),
  /** A webhook comes this much later. */
  z.object({ kind: z.literal('delayWebhook'), times, ms: z.number().nonnegative() }),
  /** A webhook is delivered twice. */
  z.object({ kind: z.literal('duplicateWebhook'), times }),
  /** A webhook is signed with a wrong secret. */
  z.object({ kind: z.literal('forgeWebhook'), times }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;
type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

export interface Faults {
  add(fault: FaultInput): void;
  /** Uses up one occasion of the first waiting fault of that kind. */
  take<Kind extends Fault['kind']>(kind: Kind): FaultOf<Kind> | null;
  list(): Fault[];
  clear(): void;
}

/** The faults waiting to happen, first asked first served. */
export function createFaults(): Faults {
  let waiting: Fault[] = [];
  return {
    add(fault) {
      waiting.push(Fault.parse(fault));
    },
    take<Kind extends Fault['kind']>(kind: Kind) {
      const fault = waiting.find((candidate): candidate is FaultOf<Kind> => candidate.kind === kind);
      if (!fault) return null;
      fault.times -= 1;
      waiting = waiting.filter((candidate) => candidate.times > 0);
      return fault;
    },
    list: () => waiting.map((fault) => ({ ...fault })),
    clear() {
      waiting = [];
    },
  };
}
