import { useEffect, useState, type KeyboardEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { fold } from '../../lib/fold.ts';

interface Emoji {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
}

/** In a row; arrow keys go up and down by as many. */
const COLUMNS = 8;
const MOST = 320;
/** What a front desk uses most, before anything has been searched for. */
const USUAL =
  '👍 🙏 😊 😀 😉 👋 ❤️ 🎉 ✅ 👌 💪 🙌 🤗 😅 😂 🥰 😁 😢 😮 🤔 📅 🕐 📍 📞 📎 📄 💊 🦷 🪥 🩺 🏥 🚗';

/** In the order people know, each found by its name and by what it is about. */
export function findEmoji(all: readonly Emoji[], typed: string): Emoji[] {
  const words = fold(typed).split(/\s+/u).filter(Boolean);
  const starts = (emoji: Emoji, word: string): boolean =>
    [emoji.label, ...(emoji.tags ?? [])].some((name) =>
      fold(name)
        .split(/[^\p{L}\p{N}]+/u)
        .some((part) => part.startsWith(word)),
    );
  return all
    .filter((emoji) => emoji.group !== undefined && words.every((word) => starts(emoji, word)))
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .slice(0, MOST);
}

async function readEmoji(locale: string): Promise<Emoji[]> {
  const data = locale.startsWith('es')
    ? await import('emojibase-data/es/compact.json')
    : await import('emojibase-data/en/compact.json');
  return data.default as Emoji[];
}

interface EmojiPickerProps {
  onPick: (emoji: string) => void;
  onClose: () => void;
}

/** Emoji by name, in the language of the window; the names come only when it is opened. */
export function EmojiPicker({ onPick, onClose }: EmojiPickerProps) {
  const { t, locale } = useTranslate();
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    let isGone = false;
    void readEmoji(locale).then((emoji) => {
      if (!isGone) setAll(emoji);
    });
    return () => {
      isGone = true;
    };
  }, [locale]);
  const named = new Map(all.map((emoji) => [emoji.unicode, emoji.label]));
  const shown =
    typed.trim() === ''
      ? USUAL.split(' ').map((unicode) => ({ unicode, label: named.get(unicode) ?? unicode }))
      : findEmoji(all, typed);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('.emoji__one')];
    const current = buttons.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    if (current !== -1) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
    const step = steps[event.key];
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && current === -1 && shown[0] !== undefined) onPick(shown[0].unicode);
    else if (step !== undefined && current === -1) buttons[0]?.focus();
    else if (step !== undefined && current + step < 0) {
      event.currentTarget.querySelector('input')?.focus();
    } else if (step !== undefined) buttons[Math.min(buttons.length - 1, current + step)]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className="emoji" role="dialog" aria-label={t('emoji.open')} onKeyDown={onKeyDown}>
      <input
        className="field emoji__search"
        value={typed}
        autoFocus
        aria-label={t('emoji.search')}
        placeholder={t('emoji.search')}
        onChange={(event) => setTyped(event.target.value)}
      />
      {shown.length === 0 ? <p className="emoji__nothing">{t('emoji.nothing')}</p> : null}
      <div className="emoji__grid">
        {shown.map(({ unicode, label }) => (
          <button
            key={unicode}
            type="button"
            tabIndex={-1}
            className="emoji__one"
            aria-label={label}
            title={label}
            onClick={() => onPick(unicode)}
          >
            {unicode}
          </button>
        ))}
      </div>
    </div>
  );
}
