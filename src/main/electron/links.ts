/** Links into the app, as the system hands them over: ids only, and nothing that acts. */
import { Id } from '@recado/protocol';

export const LINK_SCHEME = 'recado';

/** The conversation a link names; null for any other text. */
export function conversationOfLink(link: string): string | null {
  const [, id] = /^recado:\/\/conversation\/([^/?#]+)\/?$/i.exec(link) ?? [];
  const parsed = Id.safeParse(id?.toLowerCase());
  return parsed.success ? parsed.data : null;
}

/** The conversation named by the arguments the app was started with, or started again with; null for none. */
export function conversationOfArguments(argumentsGiven: readonly string[]): string | null {
  for (const each of argumentsGiven) {
    const id = conversationOfLink(each);
    if (id !== null) return id;
  }
  return null;
}
