import { useEffect } from 'react';
import { FILTERS } from '../features/rail/index.ts';
import { useActions } from '../stores/index.ts';
import { focusNextPane, focusPane } from '../ui/index.ts';

interface Shortcuts {
  isPanelFloating: boolean;
  togglePanel: () => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, [contenteditable="true"]');

/** The keys that work anywhere in the window. AltGr is left alone: Spanish keyboards write @ and # with it. */
export function useShortcuts({ isPanelFloating, togglePanel }: Shortcuts): void {
  const actions = useActions();
  useEffect(() => {
    function handle(event: KeyboardEvent): boolean {
      const isControl = (event.ctrlKey || event.metaKey) && !event.altKey;
      const isAlt = event.altKey && !event.ctrlKey && !event.metaKey;
      const filter = /^Digit([1-5])$/u.exec(event.code)?.[1];
      if (isAlt && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        actions.openNeighbour(event.key === 'ArrowDown' ? 1 : -1);
      } else if (isControl && !event.shiftKey && filter !== undefined) {
        const chosen = FILTERS[Number(filter) - 1];
        if (chosen !== undefined) actions.showFilter(chosen);
      } else if (isControl && !event.shiftKey && event.key.toLowerCase() === 'i') {
        togglePanel();
      } else if (event.key === 'F6') {
        focusNextPane(event.shiftKey ? -1 : 1);
      } else if (event.key === '?' && !isTyping(event.target) && !isControl && !isAlt) {
        actions.changeUi({ isShortcutsOpen: true });
      } else if (event.key === 'Escape' && isPanelFloating) {
        togglePanel();
        actions.focusComposer();
      } else if (event.key === 'Escape') {
        return focusPane('list');
      } else {
        return false;
      }
      return true;
    }
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || event.getModifierState('AltGraph')) return;
      // A dialog or a menu has the keys to itself.
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      if (handle(event)) event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [actions, isPanelFloating, togglePanel]);
}
