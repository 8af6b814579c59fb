import { findByName, fold } from '../../lib/fold.ts';

interface Named {
  id: string;
  name: string;
}

/** A name being typed after an @: where it starts, and its letters so far. Null when the caret is in no such place. */
export function mentionAt(text: string, caret: number): { start: number; typed: string } | null {
  const match = /(?:^|[\s(])@([\p{L}\p{M}\d'.-]*(?: [\p{L}\p{M}\d'.-]*)?)$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const typed = match[1] ?? '';
  return { start: caret - typed.length - 1, typed };
}

/** Those the letters may mean; nobody once a whole name stands there. */
export function mentionable<Agent extends Named>(agents: readonly Agent[], typed: string): Agent[] {
  if (agents.some((agent) => fold(agent.name) === fold(typed.trimEnd()) && typed.endsWith(' '))) return [];
  return findByName(agents, typed).slice(0, 6);
}

/** The text with the name in place of what was typed, and where the caret goes. */
export function completeMention(
  text: string,
  caret: number,
  start: number,
  name: string,
): { text: string; caret: number } {
  const before = `${text.slice(0, start)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /u, ''), caret: before.length };
}

/** The agents named in a text; of names that begin alike, the longest. */
export function mentionedIn(text: string, agents: readonly Named[]): string[] {
  let rest = fold(text);
  const ids: string[] = [];
  for (const agent of agents.toSorted((a, b) => b.name.length - a.name.length)) {
    const name = `@${fold(agent.name)}`;
    if (!rest.includes(name)) continue;
    rest = rest.replaceAll(name, ' ');
    ids.push(agent.id);
  }
  return ids;
}
