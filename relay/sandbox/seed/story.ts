import type { MessageContent, SystemEvent } from '@recado/protocol';
import { contentOf, SAMPLES, type SampleFile } from '../media/samples.ts';
import { CLINIC, templateMessage, type TagName, type TeamName } from './clinic.ts';
import type { HistoryAuthor, HistoryEvent, HistoryMessage } from './history.ts';
import type { HistoryPatient } from './write-history.ts';

/**
 * When something happened, as it looks from now: `-3d 09:04` is that clock time three days ago at the clinic, `-35m`
 * thirty-five minutes ago, `left 8m` so long ago that 8 minutes of the window are left.
 */
export type Moment = `-${number}d ${string}` | `-${number}m` | `left ${number}m` | `+${number}d ${string}`;

const MINUTE = 60_000;
const clock = new Intl.DateTimeFormat('en-CA', {
  timeZone: CLINIC.timeZone,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** How far the clinic's clock is ahead of UTC at that moment, milliseconds. */
function offsetAt(at: number): number {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(
    parts['year'] ?? 0,
    (parts['month'] ?? 1) - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  );
  return local - Math.floor(at / 1_000) * 1_000;
}

/** Epoch milliseconds of a moment. */
export function momentAt(moment: Moment, now: number): number {
  const minutes = /^(-|left )(\d+)m$/.exec(moment);
  if (minutes) {
    const count = Number(minutes[2]) * MINUTE;
    return minutes[1] === '-' ? now - count : now - 24 * 60 * MINUTE + count;
  }
  const day = /^([+-])(\d+)d (\d\d):(\d\d)$/.exec(moment);
  if (!day) throw new RangeError(`not a moment: ${moment}`);
  const localNow = now + offsetAt(now);
  const midnight = localNow - (localNow % (24 * 60 * MINUTE));
  const days = Number(day[2]) * (day[1] === '-' ? -1 : 1);
  const local = midnight + days * 24 * 60 * MINUTE + (Number(day[3]) * 60 + Number(day[4])) * MINUTE;
  return local - offsetAt(local - offsetAt(now));
}

type Extras = Partial<Omit<HistoryMessage, 'type' | 'at' | 'author' | 'kind' | 'text'>> & {
  reacted?: { by: 'patient' | 'clinic'; emoji: string; when: Moment };
  sentWhen?: Moment;
  /** The wording the patient first sent and corrected a minute later. */
  earlier?: string;
};

/** A line of a story: its events at a given now. */
export type Line = (now: number) => HistoryEvent[];

function line(
  author: HistoryAuthor,
  when: Moment,
  kind: HistoryMessage['kind'],
  text: string | null,
  extras: Extras = {},
): Line {
  return (now) => {
    const at = momentAt(when, now);
    const { reacted, sentWhen, earlier, ...rest } = extras;
    const message: HistoryMessage = {
      type: 'message',
      at,
      author,
      kind,
      text,
      ...rest,
      ...(sentWhen === undefined ? {} : { sentAt: momentAt(sentWhen, now) }),
      ...(earlier === undefined ? {} : { edits: [{ text: earlier, at: at + MINUTE }] }),
    };
    if (!reacted) return [message];
    const reactedAt = momentAt(reacted.when, now);
    message.reactions = [{ by: reacted.by, emoji: reacted.emoji, at: reactedAt }];
    if (reacted.by === 'clinic') return [message];
    return [
      message,
      {
        type: 'step',
        at: reactedAt,
        event: { type: 'patientReacted', sentAt: reactedAt, receivedAt: reactedAt },
      },
    ];
  };
}

/** The patient writes. */
export const patient = (when: Moment, text: string, extras?: Extras) =>
  line('patient', when, 'text', text, extras);
/** The patient sends something other than words. */
export const sends = (
  when: Moment,
  kind: HistoryMessage['kind'],
  text: string | null,
  content: MessageContent,
  extras: Extras = {},
) => line('patient', when, kind, text, { ...extras, content });
/** The patient presses a template's button. */
export const presses = (when: Moment, title: string, extras: Extras = {}) =>
  line('patient', when, 'button', title, {
    ...extras,
    content: { choice: { title, description: null, payload: title.toUpperCase() } },
  });
/** Somebody of the clinic answers. */
export const staff = (agent: number, when: Moment, text: string, extras?: Extras) =>
  line({ agent }, when, 'text', text, extras);
/** The patient sends one of the sample files. */
export const sendsFile = (
  when: Moment,
  sample: SampleFile,
  text: string | null = sample.kind === 'document' ? sample.fileName : null,
) => sends(when, sample.kind, text, contentOf(sample));
/** Somebody of the clinic sends a document. */
export const file = (
  agent: number,
  when: Moment,
  sample: SampleFile = SAMPLES.quote,
  text: string | null = null,
) => line({ agent }, when, 'document', text, { content: contentOf(sample) });
/** Somebody of the clinic sends a template. */
export const sendsTemplate = (
  agent: number,
  when: Moment,
  name: string,
  values: string[],
  extras: Extras = {},
) => {
  const { text, content } = templateMessage(name, ...values);
  return line({ agent }, when, 'template', text, { ...extras, content });
};
/** The bot sends a template. */
export const reminder = (when: Moment, values: string[], extras: Extras = {}) => {
  const { text, content } = templateMessage('recordatorio_cita', ...values);
  return line('bot', when, 'template', text, { ...extras, content });
};
export const bot = (when: Moment, text: string, extras?: Extras) => line('bot', when, 'text', text, extras);
export const note = (agent: number, when: Moment, text: string) => line({ agent }, when, 'note', text);
/** Typed on the clinic's own phone. */
export const phone = (when: Moment, text: string) => line('phone', when, 'text', text);

/** A line only staff sees. */
const system = (when: Moment, event: SystemEvent, author: HistoryAuthor = 'relay', extras: Extras = {}) =>
  line(author, when, 'system', null, { ...extras, content: { event } });
const step =
  (when: Moment, event: Extract<HistoryEvent, { type: 'step' }>['event']): Line =>
  (now) => [{ type: 'step', at: momentAt(when, now), event }];
const both =
  (...lines: Line[]): Line =>
  (now) =>
    lines.flatMap((one) => one(now));

export const closes = (agent: number, when: Moment) =>
  both(system(when, { code: 'closed' }, { agent }), step(when, { type: 'closed' }));
export const opens = (agent: number, when: Moment) =>
  both(system(when, { code: 'reopened' }, { agent }), step(when, { type: 'reopened' }));
export const marksSpam = (agent: number, when: Moment) =>
  both(system(when, { code: 'marked_spam' }, { agent }), step(when, { type: 'markedSpam' }));
export const handsOver = (when: Moment) =>
  both(system(when, { code: 'bot_handed_over' }), step(when, { type: 'botHandedOver' }));
export const botEnds = (when: Moment) =>
  both(system(when, { code: 'bot_closed' }), step(when, { type: 'botEnded', unhandled: false }));
export const assigned = (agent: number, to: number, when: Moment) =>
  system(when, { code: 'assigned' }, { agent }, { namesAgents: [to] });
export const readBy = (when: Moment) => step(when, { type: 'read', unread: 0 });

/** A patient of the demo and what has happened with them so far. */
export interface Story {
  patient: HistoryPatient;
  tags?: TagName[];
  assignees?: number[];
  teams?: TeamName[];
  appointments?: {
    when: Moment;
    treatment: string;
    professional: string;
    state: 'scheduled' | 'confirmed' | 'cancelled' | 'attended' | 'missed';
    /** What became of the bot's last template. */
    reminder?: 'sent' | 'confirmed' | 'declined' | 'failed';
  }[];
  lines: Line[];
}

/** A patient the clinic has a file of. */
export function known(
  name: string,
  phoneNumber: string,
  details: Partial<HistoryPatient> = {},
): HistoryPatient {
  return { name, profileName: name.split(' ')[0] ?? null, phone: phoneNumber, userId: null, ...details };
}

/** A story's events in order of time, as they look from now. */
export function eventsOfStory(story: Story, now: number): HistoryEvent[] {
  return story.lines.flatMap((tellLine) => tellLine(now)).sort((a, b) => a.at - b.at);
}
