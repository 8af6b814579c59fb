import { useEffect } from 'react';
import { entryOfKey, runEntry } from '../features/actions/index.ts';
import { FILTERS } from '../features/rail/index.ts';
import { aimOfSelection, subjectsOf, these, useRecado } from '../stores/index.ts';
import { focusNextPane, focusPane } from '../ui/index.ts';

interface Shortcuts {
  isPanelFloating: boolean;
  togglePanel: () => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');

const isLetter = (event: KeyboardEvent): boolean =>
  /^\p{L}$/u.test(event.key) &&
  ![event.ctrlKey, event.metaKey, event.altKey, event.shiftKey, event.repeat].includes(true);

/** The keys that work anywhere in the window. AltGr is left alone: Spanish keyboards write @ and # with it. */
export function useShortcuts({ isPanelFloating, togglePanel }: Shortcuts): void {
  const recado = useRecado();
  useEffect(() => {
    const { actions } = recado;
    /** A letter alone acts on what is picked, on the row with the focus, or on the open conversation. */
    function act(key: string): boolean {
      if (key.toUpperCase() === 'Z') {
        actions.undo();
        return true;
      }
      const state = recado.store.getState();
      const focused = document.activeElement?.closest<HTMLElement>('[data-conversation]');
      const id = focused?.dataset.conversation ?? state.thread.conversationId;
      const aim =
        aimOfSelection(state.inbox.selection, state.inbox.query) ?? (id === null ? null : these(id));
      if (aim === null) return false;
      const entry = entryOfKey(key, subjectsOf(state, aim));
      if (entry === null) return false;
      runEntry(entry, aim, recado);
      return true;
    }
    function handle(event: KeyboardEvent): boolean {
      const isControl = (event.ctrlKey || event.metaKey) && !event.altKey;
      const isAlt = event.altKey && !event.ctrlKey && !event.metaKey;
      const filter = /^Digit([1-6])$/u.exec(event.code)?.[1];
      if (isAlt && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        actions.openNeighbour(event.key === 'ArrowDown' ? 1 : -1);
      } else if (isControl && !event.shiftKey && filter !== undefined) {
        const chosen = FILTERS[Number(filter) - 1];
        if (chosen !== undefined) actions.showQuery({ filter: chosen });
      } else if (isControl && !event.shiftKey && event.key.toLowerCase() === 'i') {
        togglePanel();
      } else if (isControl && !event.shiftKey && event.key.toLowerCase() === 'k') {
        actions.openSearch();
      } else if (isControl && !event.shiftKey && event.key.toLowerCase() === 'f') {
        actions.find();
      } else if (isControl && event.key.toLowerCase() === 'a' && !isTyping(event.target)) {
        // In the list it picks every row; anywhere else it would mark the words of the whole window.
      } else if (isLetter(event) && !isTyping(event.target)) {
        return act(event.key);
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
  }, [recado, isPanelFloating, togglePanel]);
}
