export const APPOINTMENT_STATES = ['scheduled', 'confirmed', 'cancelled', 'attended', 'missed'] as const;
const REMINDERS = ['sent', 'confirmed', 'declined', 'failed'] as const;

export type Tone = 'ok' | 'warn' | 'danger';

export const STATE_TONES: Record<string, Tone> = {
  confirmed: 'ok',
  attended: 'ok',
  cancelled: 'danger',
  missed: 'warn',
};

/** The state this app has a word for; undefined for a newer server's. */
export const stateOf = (state: string) => APPOINTMENT_STATES.find((each) => each === state);

/** What became of a reminder, where this app has a word for it. */
export const reminderOf = (reminder: string | null) => REMINDERS.find((each) => each === reminder);
