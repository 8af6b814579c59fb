import { canBlock, isBlocked } from '@recado/protocol';
import {
  AlarmClock,
  AlarmClockOff,
  Archive,
  ArchiveRestore,
  Ban,
  Bot,
  BotOff,
  CircleCheckBig,
  MailCheck,
  MailOpen,
  OctagonAlert,
  Pin,
  PinOff,
  ShieldCheck,
  StickyNote,
  Files,
  LayoutTemplate,
  Tag,
  UserRoundPlus,
  type LucideIcon,
} from 'lucide-react';
import type { SentenceKey } from '../../i18n/index.ts';
import type { Aim, Recado, Subject } from '../../stores/index.ts';

interface Entry {
  label: SentenceKey;
  icon: LucideIcon;
  /** Pressed alone, outside text. */
  shortcut?: string;
  tone?: 'danger';
}

/** Everything that can be done with a conversation. */
export const ENTRIES = {
  close: { label: 'actions.close', icon: Archive, shortcut: 'E' },
  reopen: { label: 'actions.reopen', icon: ArchiveRestore, shortcut: 'E' },
  assign: { label: 'actions.assign', icon: UserRoundPlus, shortcut: 'A' },
  tag: { label: 'actions.tag', icon: Tag, shortcut: 'T' },
  note: { label: 'actions.note', icon: StickyNote, shortcut: 'N' },
  template: { label: 'actions.template', icon: LayoutTemplate, shortcut: 'Ctrl+T' },
  files: { label: 'actions.files', icon: Files },
  snooze: { label: 'actions.snooze', icon: AlarmClock, shortcut: 'H' },
  unsnooze: { label: 'actions.unsnooze', icon: AlarmClockOff },
  pin: { label: 'actions.pin', icon: Pin, shortcut: 'P' },
  unpin: { label: 'actions.unpin', icon: PinOff, shortcut: 'P' },
  markRead: { label: 'actions.markRead', icon: MailOpen, shortcut: 'U' },
  markUnread: { label: 'actions.markUnread', icon: MailCheck, shortcut: 'U' },
  botOn: { label: 'actions.botOn', icon: Bot },
  botOff: { label: 'actions.botOff', icon: BotOff },
  markSpam: { label: 'actions.markSpam', icon: OctagonAlert, shortcut: 'S', tone: 'danger' },
  unmarkSpam: { label: 'actions.unmarkSpam', icon: ShieldCheck, shortcut: 'S' },
  block: { label: 'actions.block', icon: Ban, tone: 'danger' },
  unblock: { label: 'actions.unblock', icon: CircleCheckBig },
} as const satisfies Record<string, Entry>;
export type EntryId = keyof typeof ENTRIES;

/** What the menu of one conversation offers at `now` by relay time, in groups. */
export function entriesOf({ facts, pinned, snoozedUntil }: Subject, now: number): EntryId[][] {
  const isBot = facts.handler === 'bot';
  return [
    facts.spam ? [] : [facts.closed ? 'reopen' : 'close'],
    [...(facts.spam ? [] : (['template'] as const)), 'assign', 'tag', 'note', 'files'],
    [
      ...(snoozedUntil === null ? [] : (['unsnooze'] as const)),
      'snooze',
      pinned ? 'unpin' : 'pin',
      facts.unread > 0 ? 'markRead' : 'markUnread',
    ],
    facts.spam ? [] : [...(facts.closed ? [] : ([isBot ? 'botOff' : 'botOn'] as const)), 'markSpam'],
    facts.spam ? ['unmarkSpam'] : [],
    [
      ...(canBlock(facts, now) ? (['block'] as const) : []),
      ...(isBlocked(facts) && facts.blockState !== 'unblocking' ? (['unblock'] as const) : []),
    ],
  ].filter((group) => group.length > 0) as EntryId[][];
}

/** What a key does to these conversations: where they differ, what most of the day asks for. Null for other keys. */
export function entryOfKey(key: string, subjects: readonly Subject[]): EntryId | null {
  const all = (test: (subject: Subject) => boolean): boolean => subjects.length > 0 && subjects.every(test);
  switch (key.toUpperCase()) {
    case 'E':
      return all(({ facts }) => facts.closed) ? 'reopen' : 'close';
    case 'S':
      return all(({ facts }) => facts.spam) ? 'unmarkSpam' : 'markSpam';
    case 'U':
      return all(({ facts }) => facts.unread === 0) ? 'markUnread' : 'markRead';
    case 'P':
      return all(({ pinned }) => pinned) ? 'unpin' : 'pin';
    case 'A':
      return 'assign';
    case 'T':
      return 'tag';
    case 'H':
      return 'snooze';
    case 'N':
      return 'note';
    default:
      return null;
  }
}

/** Does it, or opens what has to be chosen first. */
export function runEntry(id: EntryId, aim: Aim, { actions }: Pick<Recado, 'actions'>): void {
  switch (id) {
    case 'assign':
    case 'tag':
    case 'snooze':
      return actions.changeUi({ picker: { kind: id, aim } });
    case 'note': {
      const [only] = aim.kind === 'these' && aim.ids.length === 1 ? aim.ids : [];
      if (only !== undefined) actions.writeNote(only);
      return;
    }
    case 'template':
      if (aim.kind === 'these') actions.pickTemplate(aim.ids);
      return;
    case 'files': {
      const [only] = aim.kind === 'these' ? aim.ids : [];
      if (only !== undefined) actions.showOver({ kind: 'files', conversationId: only });
      return;
    }
    case 'unsnooze':
      return actions.act(aim, { type: 'snooze', until: null });
    case 'pin':
    case 'unpin':
      return actions.act(aim, { type: 'pin', pinned: id === 'pin' });
    case 'botOn':
    case 'botOff':
      return actions.act(aim, { type: 'setBot', active: id === 'botOn' });
    case 'close':
    case 'reopen':
    case 'markSpam':
    case 'unmarkSpam':
    case 'block':
    case 'unblock':
    case 'markRead':
    case 'markUnread':
      return actions.act(aim, { type: id });
  }
}
