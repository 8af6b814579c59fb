import type { PresenceView } from '../../../shared/contract/index.ts';
import type { Translation } from '../../i18n/index.ts';

const firstName = (name: string): string => name.split(' ')[0] ?? name;

/** Who is in the conversation: those writing first, each once. */
export function presentIn(others: readonly PresenceView[], conversationId: string): PresenceView[] {
  const here = others.filter((each) => each.conversationId === conversationId);
  const people = new Map<string, PresenceView>();
  for (const each of here) {
    if (!people.has(each.agentId) || each.state === 'writing') people.set(each.agentId, each);
  }
  return [...people.values()].sort((a, b) => Number(b.state === 'writing') - Number(a.state === 'writing'));
}

/** `Marta está escribiendo…`; writing is said before viewing. Null when nobody is there. */
export function presenceWords(people: readonly PresenceView[], { t, locale }: Translation): string | null {
  const writing = people.filter((each) => each.state === 'writing');
  const told = writing.length > 0 ? writing : people;
  if (told.length === 0) return null;
  const who = new Intl.ListFormat(locale).format(told.map((each) => firstName(each.name)));
  const state = writing.length > 0 ? 'writing' : 'viewing';
  return t(told.length === 1 ? `presence.${state}.one` : `presence.${state}.many`, { who });
}
