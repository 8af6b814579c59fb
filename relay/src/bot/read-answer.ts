import { UNDERSTOOD, type Wish } from './i18n/answers.ts';

export type Answer = Wish | 'optOut';

/** Case, accents, marks and emoji do not matter. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function wishOf(text: string): Wish | null {
  const words = plain(text);
  for (const [wish, known] of Object.entries(UNDERSTOOD)) if (known.includes(words)) return wish as Wish;
  return null;
}

/**
 * What a patient wants by a message: a button by its payload first, then by its label, then the words. Null for
 * anything that is not certain, which is for people to read.
 */
export function readAnswer(
  message: { text: string | null; choice: { title: string; payload: string | null } | null },
  optOutWords: readonly string[],
): Answer | null {
  const said = [message.choice?.payload, message.choice?.title, message.text].filter(
    (text) => typeof text === 'string',
  );
  for (const text of said) {
    const wish = wishOf(text);
    if (wish !== null) return wish;
    const words = plain(text);
    if (words !== '' && optOutWords.some((word) => plain(word) === words)) return 'optOut';
  }
  return null;
}
