import { useTranslate } from '../../i18n/index.ts';

interface CountsProps {
  total: number;
  unread: number;
  /** What is unread there does not ask for anybody. */
  isQuiet: boolean;
}

/** How many there are and how many unread, in words: for a title and for those who listen. */
export function useCountWords(total: number, unread: number): string {
  const { count } = useTranslate();
  const unreadWords = unread > 0 ? [count('counts.unread', unread)] : [];
  return [count('counts.conversations', total), ...unreadWords].join(', ');
}

/** The two numbers at the end of a line of the rail. */
export function Counts({ total, unread, isQuiet }: CountsProps) {
  const { number } = useTranslate();
  const words = useCountWords(total, unread);
  return (
    <>
      {unread > 0 ? (
        <span className={`pill${isQuiet ? ' pill--quiet' : ''}`} aria-hidden="true">
          {number(unread)}
        </span>
      ) : null}
      <span className="rail__total numeric" aria-hidden="true">
        {number(total)}
      </span>
      <span className="visually-hidden">{`, ${words}`}</span>
    </>
  );
}
