import type { Translation } from '../../i18n/index.ts';

/** As the relay asks for it. */
export const PASSWORD_MIN_LENGTH = 10;
const LONG = 15;

/** Whether every character is the same, or they only count up: `aaaaaaaaaa`, `1234567890`. */
function isPattern(password: string): boolean {
  const codes = [...password].map((each) => each.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  return steps.size <= 1 || password === '1234567890';
}

/** What is said of a password while it is chosen: how much is missing, or how good it is. Length is what counts. */
export function passwordWords(password: string, { t, count }: Pick<Translation, 't' | 'count'>): string {
  const missing = PASSWORD_MIN_LENGTH - [...password].length;
  if (password === '') return t('signIn.strength.rule', { length: PASSWORD_MIN_LENGTH });
  if (missing > 0) return count('signIn.strength.missing', missing);
  if (isPattern(password)) return t('signIn.strength.pattern');
  return t([...password].length >= LONG ? 'signIn.strength.good' : 'signIn.strength.enough');
}
