import type { SearchResults } from '../../../shared/contract/index.ts';

export type Option =
  | { kind: 'patient'; key: string; patient: SearchResults['patients'][number] }
  | { kind: 'tag'; key: string; tag: SearchResults['tags'][number] }
  | { kind: 'message'; key: string; message: SearchResults['messages'][number] };

/** Beside messages, no more patients than these until all of them are asked for. */
export const FEW_PATIENTS = 5;

/** What was found in the order it is shown, which is the order the arrows go. */
export function optionsOf(results: SearchResults | null, showsAllPatients: boolean): Option[] {
  if (results === null) return [];
  const { patients, tags, messages } = results;
  const some = showsAllPatients || messages.length === 0 ? patients : patients.slice(0, FEW_PATIENTS);
  return [
    ...some.map((patient): Option => ({ kind: 'patient', key: `p${patient.conversationId}`, patient })),
    ...tags.map((tag): Option => ({ kind: 'tag', key: `t${tag.id}`, tag })),
    ...messages.map((message): Option => ({ kind: 'message', key: `m${message.messageId}`, message })),
  ];
}

/** The option above or below; from none to the first or last. It stops at the ends. */
export function step(options: readonly Option[], key: string | null, by: number): string | null {
  if (options.length === 0) return null;
  const index = options.findIndex((option) => option.key === key);
  const next = index === -1 ? (by > 0 ? 0 : options.length - 1) : index + by;
  return options[Math.max(0, Math.min(options.length - 1, next))]?.key ?? null;
}
