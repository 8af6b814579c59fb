import { composerMode } from '@recado/protocol';
import { Copy, EllipsisVertical, Reply } from 'lucide-react';
import { useState } from 'react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useAppState, useRecado } from '../../stores/index.ts';
import { Menu, MenuItem, MenuLine } from '../../ui/index.ts';

/** What people answer with when words are too much. */
const REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

/** What can be done with a message, at a place of the window. */
export interface MessageMenuPlace {
  x: number;
  y: number;
}

interface MessageToolsProps {
  item: ThreadItem;
  menu: MessageMenuPlace | null;
  onMenu: (place: MessageMenuPlace | null) => void;
}

/** Whether WhatsApp knows the message, so that it can be answered or reacted to. */
export const isAnswerable = (item: ThreadItem): boolean =>
  item.ordinal !== null &&
  !item.isRevoked &&
  (item.direction === 'inbound' ||
    ['sent', 'delivered', 'read', 'played'].includes(item.delivery?.state ?? 'sent'));

/** Answering, reacting, copying: beside the message while it is pointed at, or where its menu was asked for. */
export function MessageTools({ item, menu, onMenu }: MessageToolsProps) {
  const { t } = useTranslate();
  const { actions, clock } = useRecado();
  const detail = useAppState((state) => state.thread.detail);
  const [isFree] = useState(() => detail !== null && composerMode(detail.facts, clock.now()) === 'free');
  const canAnswer = isFree && isAnswerable(item);
  const ours = item.reactions.find((reaction) => reaction.by === 'clinic')?.emoji ?? null;
  const { text } = item;
  if (!canAnswer && text === null) return null;
  return (
    <div className="message__tools">
      {canAnswer ? (
        <button
          type="button"
          tabIndex={-1}
          className="message__tool"
          aria-label={t('reply.reply')}
          title={t('actions.withKey', { action: t('reply.reply'), key: 'R' })}
          onClick={() => actions.replyTo(item.messageId)}
        >
          <Reply size={15} aria-hidden="true" />
        </button>
      ) : null}
      <button
        type="button"
        tabIndex={-1}
        className="message__tool"
        aria-label={t('reply.menu')}
        title={t('reply.menu')}
        aria-haspopup="menu"
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          onMenu({ x: left, y: bottom + 4 });
        }}
      >
        <EllipsisVertical size={15} aria-hidden="true" />
      </button>
      {menu === null ? null : (
        <Menu label={t('reply.menu')} {...menu} onClose={() => onMenu(null)}>
          {canAnswer ? (
            <>
              <div className="reactions" role="group" aria-label={t('reply.react')}>
                {REACTIONS.map((emoji) => (
                  <button
                    key={emoji}
                    type="button"
                    role="menuitemradio"
                    aria-checked={ours === emoji}
                    tabIndex={-1}
                    className="reactions__one"
                    aria-label={t('reply.reactWith', { emoji })}
                    onClick={(event) => {
                      event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
                      if (detail === null) return;
                      actions.react(detail.conversationId, item.messageId, ours === emoji ? null : emoji);
                    }}
                  >
                    {emoji}
                  </button>
                ))}
              </div>
              <MenuItem
                icon={<Reply size={16} aria-hidden="true" />}
                shortcut="R"
                onSelect={() => actions.replyTo(item.messageId)}
              >
                {t('reply.reply')}
              </MenuItem>
            </>
          ) : null}
          {canAnswer && text !== null ? <MenuLine /> : null}
          {text === null ? null : (
            <MenuItem
              icon={<Copy size={16} aria-hidden="true" />}
              onSelect={() => void navigator.clipboard.writeText(text)}
            >
              {t('reply.copy')}
            </MenuItem>
          )}
        </Menu>
      )}
    </div>
  );
}
