import { Ban, CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, Clock3 } from 'lucide-react';

const ICONS = {
  scheduled: CalendarClock,
  queued: Clock3,
  sending: Clock3,
  unknown: CircleHelp,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  played: CheckCheck,
  failed: CircleAlert,
  cancelled: Ban,
} as const;
export type TickState = keyof typeof ICONS;

export const isTickState = (state: string): state is TickState => Object.hasOwn(ICONS, state);

/** How far a message got; `label` says it in words. */
export function Tick({ state, label, size = 14 }: { state: TickState; label: string; size?: number }) {
  const Icon = ICONS[state];
  const tone =
    state === 'read' || state === 'played' ? ' tick--read' : state === 'failed' ? ' tick--failed' : '';
  return (
    <span className={`tick${tone}`} role="img" aria-label={label} title={label} data-state={state}>
      <Icon size={size} strokeWidth={2.25} aria-hidden="true" />
    </span>
  );
}
