import { fold } from '../../lib/fold.ts';

/** A shortcut being typed at the start of a word: where its slash is, and the letters after it. Null when there is none. */
export function slashAt(text: string, caret: number): { start: number; typed: string } | null {
  const match = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const typed = match[1] ?? '';
  return { start: caret - typed.length - 1, typed };
}

interface Saved {
  shortcut: string;
  text: string;
}

/** How well a saved text fits; less is better, null when it does not. Variables are searched as they are written. */
function rankOf({ shortcut, text }: Saved, wanted: string): number | null {
  const name = fold(shortcut);
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  const words = fold(text).split(/[^\p{L}\p{N}{}_]+/u);
  return words.some((word) => word.startsWith(wanted)) ? 3 : null;
}

/** Saved texts that letters may mean, the likeliest first, without minding accents. */
export function findQuickReplies<Reply extends Saved>(replies: readonly Reply[], typed: string): Reply[] {
  const wanted = fold(typed);
  return replies
    .flatMap((reply) => {
      const rank = wanted === '' ? 1 : rankOf(reply, wanted);
      return rank === null ? [] : [{ reply, rank }];
    })
    .sort((a, b) => a.rank - b.rank || a.reply.shortcut.localeCompare(b.reply.shortcut, 'es'))
    .map(({ reply }) => reply);
}
