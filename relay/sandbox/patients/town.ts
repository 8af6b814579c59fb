import type { GraphSandbox, GraphTemplate, SandboxMessage } from '../graph-api/index.ts';
import { createRandom, type Random } from '../random.ts';
import { answerTo, OPENERS } from './dialogues.ts';
import { addressOf, PEOPLE, type Person } from './people.ts';

/** What the town needs of the sandbox. */
export type TownSandbox = Pick<
  GraphSandbox,
  'onMessage' | 'patientReacts' | 'patientReads' | 'patientWrites' | 'registerUser'
>;

export interface TownOptions {
  sandbox: TownSandbox;
  /** Same seed, same dialogues. */
  seed?: string | number;
  people?: readonly Person[];
  /** To see which buttons a template has. */
  templates?: readonly GraphTemplate[];
  /** False: nobody writes unasked. */
  spontaneous?: boolean;
  /** Wait between two messages nobody asked for, shortest and longest, milliseconds. */
  paceMs?: readonly [number, number];
  /** Wait before a message is opened, and again before it is answered, milliseconds. */
  answerMs?: readonly [number, number];
  /** Runs something later; returns the way to call it off. Real timers by default. */
  later?: (delayMs: number, task: () => void) => () => void;
  /** The relay being down is no concern of patients; anything else is told here. */
  onError?: (error: unknown) => void;
}

export interface Town {
  /** Nobody writes or answers any more. */
  stop(): void;
}

const realTimers = (delayMs: number, task: () => void) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};

/** A stranger the demo's staff write to: behaves like everybody else. */
function stranger(message: SandboxMessage): Person {
  const { phone, userId, username, name } = message.user;
  return { phone, userId, username, name, reads: true, reactionShare: 0.15, topics: [] };
}

/** Simulated patients: they write, open what the clinic writes, and answer with something that fits. */
export function createTown(options: TownOptions): Town {
  const { sandbox } = options;
  const people = options.people ?? PEOPLE;
  const later = options.later ?? realTimers;
  const [shortestPace, longestPace] = options.paceMs ?? [20_000, 60_000];
  const [shortestAnswer, longestAnswer] = options.answerMs ?? [2_000, 6_000];
  const random = createRandom(options.seed ?? 'alameda');
  const chances = new Map<string, Random>();
  const waiting = new Set<() => void>();
  let stopped = false;

  for (const { phone, userId, username, name } of people) {
    const known = { username, name };
    if (phone !== null) sandbox.registerUser({ ...known, phone, ...(userId === null ? {} : { userId }) });
    else if (userId !== null) sandbox.registerUser({ ...known, phone, userId });
  }

  /** Each person draws from a source of their own, so that who answers first changes nobody's words. */
  const chanceOf = (person: Person): Random => {
    const key = addressOf(person);
    const held = chances.get(key) ?? random.fork(key);
    chances.set(key, held);
    return held;
  };
  const soon = (delayMs: number, task: () => Promise<unknown>) => {
    if (stopped) return;
    const cancel = later(delayMs, () => {
      waiting.delete(cancel);
      if (!stopped) task().catch((error: unknown) => options.onError?.(error));
    });
    waiting.add(cancel);
  };

  const writeUnasked = async () => {
    const person = random.pick(people);
    const text = random.pick(OPENERS[random.pick(person.topics)]);
    soon(random.between(shortestPace, longestPace), writeUnasked);
    await sandbox.patientWrites({ from: addressOf(person), text });
  };
  if (options.spontaneous ?? true) soon(random.between(shortestPace, longestPace), writeUnasked);

  const answer = async (person: Person, message: SandboxMessage) => {
    const chance = chanceOf(person);
    const from = addressOf(person);
    const { numberId, id, body } = message;
    if (body?.type === 'reaction') return;
    if (body?.type === 'template') {
      const buttons = quickRepliesOf(options.templates ?? [], body.template.name);
      const button = buttons.length > 0 ? chance.pick(buttons) : null;
      if (button) {
        const pressed = { type: 'button', button: { payload: button.toUpperCase(), text: button } };
        await sandbox.patientWrites({ from, numberId, replyTo: id, message: pressed });
        return;
      }
    }
    const reaction = answerTo(message.text ?? '', chance, person.reactionShare);
    if (reaction.kind === 'text') await sandbox.patientWrites({ from, numberId, text: reaction.text });
    if (reaction.kind === 'reaction') {
      await sandbox.patientReacts({ from, numberId, to: id, emoji: reaction.emoji });
    }
  };

  const stopListening = sandbox.onMessage((message) => {
    const person =
      people.find(
        (candidate) =>
          (candidate.phone !== null && candidate.phone === message.user.phone) ||
          (candidate.userId !== null && candidate.userId === message.user.userId),
      ) ?? stranger(message);
    const chance = chanceOf(person);
    const reading = chance.between(shortestAnswer, longestAnswer);
    const writing = chance.between(shortestAnswer, longestAnswer);
    if (person.reads) soon(reading, () => sandbox.patientReads(message.id));
    // Who never shows as having read still answers.
    soon(reading + writing, () => answer(person, message));
  });

  return {
    stop() {
      stopped = true;
      stopListening();
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}

function quickRepliesOf(templates: readonly GraphTemplate[], name: string): string[] {
  const buttons = templates
    .find((template) => template.name === name)
    ?.components.find((component) => component.type === 'BUTTONS')?.buttons;
  return (buttons ?? []).flatMap((button) =>
    button.type === 'QUICK_REPLY' && button.text !== undefined ? [button.text] : [],
  );
}
