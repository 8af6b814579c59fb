import type { Random } from '../relay/sandbox/random.ts';

export const PATIENTS = 3;

export type ActionName =
  | 'close'
  | 'reopen'
  | 'markSpam'
  | 'unmarkSpam'
  | 'markRead'
  | 'markUnread'
  | 'assign'
  | 'unassign'
  | 'pauseBot'
  | 'pin'
  | 'unpin'
  | 'snooze';

/** One thing that happens in a run. `patient` is one of the run's own. */
export type Step =
  | { type: 'send'; patient: number; isAwaited: boolean }
  | { type: 'note'; patient: number }
  | { type: 'act'; patient: number; action: ActionName; isUndone: boolean }
  | { type: 'patientWrites'; patient: number; how: 'once' | 'twice' | 'late' }
  | { type: 'holdWebhooks'; forMs: number; order: 'kept' | 'reversed' | 'batched' }
  | {
      type: 'graph';
      fault:
        | 'gatewayError'
        | 'resetBeforeAcceptance'
        | 'timeoutAfterAcceptance'
        | 'resetAfterAcceptance'
        | 'slowAnswer'
        | 'failDelivery'
        | 'rateLimited'
        | 'refused';
    }
  | {
      type: 'network';
      fault: 'cutBefore' | 'loseAnswer' | 'cutAfter' | 'trickle' | 'serverError';
      path: 'commands' | 'changes' | 'stream' | 'any';
      bytes: number;
    }
  | { type: 'offline' }
  | { type: 'online' }
  | { type: 'killCore'; inMs: number }
  | { type: 'startCore' }
  | { type: 'killRelay'; inMs: number }
  | { type: 'startRelay' }
  | { type: 'clockJump'; hours: number }
  | { type: 'wake'; reason: 'resume' | 'network' | 'focus' }
  | { type: 'pass'; milliseconds: number };

const ACTIONS: readonly ActionName[] = [
  ...(['close', 'reopen', 'close', 'reopen', 'markSpam', 'unmarkSpam', 'unmarkSpam'] as const),
  ...(['markRead', 'markUnread', 'assign', 'unassign', 'pauseBot', 'pin', 'unpin', 'snooze'] as const),
];

const GRAPH_FAULTS = [
  ...(['timeoutAfterAcceptance', 'timeoutAfterAcceptance', 'resetAfterAcceptance'] as const),
  ...(['resetAfterAcceptance', 'slowAnswer', 'gatewayError', 'resetBeforeAcceptance'] as const),
  ...(['failDelivery', 'rateLimited', 'refused'] as const),
];

type Make = (random: Random) => Step;

/** At once, or in the middle of what comes next. */
const soon = (random: Random) => (random.chance(0.3) ? 0 : random.between(1, 40));
const patient = (random: Random) => random.between(0, PATIENTS - 1);

/** What may come next, each with its weight. */
const MAKERS: readonly (readonly [number, Make])[] = [
  [6, (random) => ({ type: 'send', patient: patient(random), isAwaited: random.chance(0.5) })],
  [1, (random) => ({ type: 'note', patient: patient(random) })],
  [
    3,
    (random) => ({
      type: 'act',
      patient: patient(random),
      action: random.pick(ACTIONS),
      isUndone: random.chance(0.2),
    }),
  ],
  [
    4,
    (random) => ({
      type: 'patientWrites',
      patient: patient(random),
      how: random.pick(['once', 'once', 'twice', 'late'] as const),
    }),
  ],
  [
    1,
    (random) => ({
      type: 'holdWebhooks',
      forMs: random.between(10, 150),
      order: random.pick(['kept', 'reversed', 'batched'] as const),
    }),
  ],
  [3, (random) => ({ type: 'graph', fault: random.pick(GRAPH_FAULTS) })],
  [
    3,
    (random) => ({
      type: 'network',
      fault: random.pick([
        'cutBefore',
        'loseAnswer',
        'loseAnswer',
        'cutAfter',
        'trickle',
        'serverError',
      ] as const),
      path: random.pick(['commands', 'commands', 'changes', 'stream', 'any'] as const),
      bytes: random.between(1, 400),
    }),
  ],
  [0.7, () => ({ type: 'offline' })],
  [1, () => ({ type: 'online' })],
  [0.8, (random) => ({ type: 'killCore', inMs: soon(random) })],
  [1.2, () => ({ type: 'startCore' })],
  [0.5, (random) => ({ type: 'killRelay', inMs: soon(random) })],
  [0.8, () => ({ type: 'startRelay' })],
  [0.7, (random) => ({ type: 'clockJump', hours: random.pick([-3, -1, 1, 3]) })],
  [0.7, (random) => ({ type: 'wake', reason: random.pick(['resume', 'network', 'focus'] as const) })],
  [4, (random) => ({ type: 'pass', milliseconds: random.between(0, 60) })],
  // Longer than the relay waits for news of a send without an answer.
  [0.2, (random) => ({ type: 'pass', milliseconds: random.between(500, 1_500) })],
];

/** Runs differ in what they have much of, and none: rare combinations come up that one mixture would never give. */
const LEANINGS = [0, 0.5, 1, 1, 2, 5];

/** What happens in a run, all of it decided by the seed. */
export function writeScript(random: Random): Step[] {
  const makers = MAKERS.map(([weight, make]) => [weight * random.pick(LEANINGS), make] as const);
  // Without anybody writing there is nothing to lose.
  makers.push([5, MAKERS[0]![1]]);
  const total = makers.reduce((sum, [weight]) => sum + weight, 0);
  return Array.from({ length: random.between(10, 40) }, () => {
    let draw = random.next() * total;
    for (const [weight, make] of makers) {
      if (draw < weight) return make(random);
      draw -= weight;
    }
    return { type: 'pass', milliseconds: 0 };
  });
}

/** A step as the log of a failed run tells it. */
export const tellStep = ({ type, ...rest }: Step): string =>
  [type, ...Object.values(rest).map(String)].join(' ');
