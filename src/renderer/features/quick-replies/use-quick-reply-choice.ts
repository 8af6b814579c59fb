import { fillQuickReply, type FilledQuickReply } from '@recado/protocol';
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import type { ConversationDetail, Directory } from '../../../shared/contract/index.ts';
import { suggestionFactsOf, useActions, useAppState, useRecado } from '../../stores/index.ts';
import { findQuickReplies } from './find-quick-replies.ts';

export type QuickReply = Directory['quickReplies'][number];

interface ChoiceOptions {
  /** The shortcut being typed; null when the caret is in no such place. */
  slash: { start: number; typed: string } | null;
  detail: ConversationDetail;
  /** Puts words where the shortcut stands, or at the caret. */
  insert: (words: string) => void;
  /** Takes the shortcut away. */
  take: () => void;
}

export interface QuickReplyChoice {
  isOpen: boolean;
  found: readonly QuickReply[];
  activeIndex: number;
  listId: string;
  fill: (reply: QuickReply) => FilledQuickReply;
  setActive: (index: number) => void;
  send: (reply: QuickReply) => void;
  edit: (reply: QuickReply) => void;
  toggle: () => void;
  /** Whether the key was for the list. */
  onKeyDown: (event: KeyboardEvent) => boolean;
  boxProps: {
    'aria-autocomplete': 'list';
    'aria-controls': string | undefined;
    'aria-activedescendant': string | undefined;
  };
}

/** Choosing a saved text while writing: typed after a slash, sent at once or put into the text. */
export function useQuickReplyChoice({ slash, detail, insert, take }: ChoiceOptions): QuickReplyChoice {
  const actions = useActions();
  const { clock, store } = useRecado();
  const replies = useAppState((state) => state.directory?.quickReplies);
  const session = useAppState((state) => state.app?.session ?? null);
  const listId = useId();
  const [active, setActive] = useState({ typed: '', index: 0 });
  const [dismissed, setDismissed] = useState<number | null>(null);
  const found = useMemo(
    () => (slash === null || replies === undefined ? [] : findQuickReplies(replies, slash.typed)),
    [replies, slash],
  );
  const isOpen = slash !== null && dismissed !== slash.start;
  const typed = slash?.typed ?? '';
  const activeIndex = active.typed === typed ? Math.min(active.index, Math.max(0, found.length - 1)) : 0;
  const { conversationId } = detail;

  const fill = (reply: QuickReply): FilledQuickReply =>
    fillQuickReply(reply.text, suggestionFactsOf(detail, session, clock.now(), 'es'));

  function edit(reply: QuickReply): void {
    insert(fill(reply).text);
    if (reply.file === null) return;
    const draft = store.getState().answering.drafts[conversationId];
    const { file } = reply;
    actions.changeDraft(conversationId, {
      files: [...(draft?.files ?? []), { fileId: file.fileId, caption: '' }],
      fileViews: [...(draft?.fileViews ?? []), file],
    });
  }
  function send(reply: QuickReply): void {
    const filled = fill(reply);
    const missing = [...filled.empty, ...filled.unknown];
    if (missing.length > 0) {
      // What is missing is for a person to write.
      edit(reply);
      actions.toast('quickReplies.missing', 'info', {
        missing: missing.map((name) => `{${name}}`).join(' '),
      });
      return;
    }
    take();
    void actions.sendQuickReply(conversationId, reply, filled.text);
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    if (!isOpen) return false;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const reply = found[activeIndex];
    if (event.key === 'Escape') {
      if (slash.typed === '') take();
      else setDismissed(slash.start);
    } else if (reply === undefined) return false;
    else if (step !== 0) {
      const index = (activeIndex + step + found.length) % found.length;
      setActive({ typed, index });
      document.getElementById(`${listId}-${index}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Tab' || (event.key === 'Enter' && event.shiftKey)) edit(reply);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.altKey && !event.metaKey) send(reply);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return {
    isOpen,
    found,
    activeIndex,
    listId,
    fill,
    setActive: (index) => setActive({ typed, index }),
    send,
    edit,
    toggle() {
      if (isOpen && typed === '') take();
      else {
        setDismissed(null);
        if (slash === null) insert('/');
      }
    },
    onKeyDown,
    boxProps: {
      'aria-autocomplete': 'list',
      'aria-controls': isOpen ? listId : undefined,
      'aria-activedescendant': isOpen && found.length > 0 ? `${listId}-${activeIndex}` : undefined,
    },
  };
}
