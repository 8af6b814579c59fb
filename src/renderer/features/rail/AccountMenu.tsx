import { ChevronsUpDown, Keyboard, LogOut, Settings2 } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { Avatar, Dialog, moveInMenu } from '../../ui/index.ts';

/** The person signed in, and what they can do about it. */
export function AccountMenu({ name, agentId }: { name: string; agentId: string }) {
  const { t, count } = useTranslate();
  const actions = useActions();
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [unsent, setUnsent] = useState<number | null>(null);

  async function signOut(discardUnsent: boolean) {
    menu.current?.hidePopover();
    const error = await actions.signOut(discardUnsent);
    if (error === null) setUnsent(null);
    else if (error.code === 'unsent_work') setUnsent(error.count ?? 1);
    else actions.toast(`errors.${error.code}`);
  }

  return (
    <>
      <button
        type="button"
        className="rail__account"
        popoverTarget={menuId}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        title={name}
      >
        <Avatar name={name} seed={agentId} size="small" />
        <span className="visually-hidden">{t('account.menuOf')}</span>
        <span className="rail__account-name">{name}</span>
        <ChevronsUpDown size={15} aria-hidden="true" />
      </button>
      <div
        id={menuId}
        ref={menu}
        popover="auto"
        role="menu"
        aria-label={t('account.menu', { name })}
        className="menu rail__menu"
        onKeyDown={(event) => {
          if (event.key === 'Tab') menu.current?.hidePopover();
          else moveInMenu(event);
        }}
        onToggle={(event) => {
          const opens = event.newState === 'open';
          setIsOpen(opens);
          if (opens) event.currentTarget.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
        }}
      >
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="menu__item"
          onClick={() => {
            menu.current?.hidePopover();
            actions.changeUi({ dialog: 'agents' });
          }}
        >
          <Settings2 size={17} aria-hidden="true" />
          {t('account.settings')}
        </button>
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="menu__item"
          onClick={() => {
            menu.current?.hidePopover();
            actions.changeUi({ isShortcutsOpen: true });
          }}
        >
          <Keyboard size={17} aria-hidden="true" />
          {t('account.shortcuts')}
          <kbd className="key" aria-hidden="true">
            ?
          </kbd>
        </button>
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="menu__item"
          onClick={() => void signOut(false)}
        >
          <LogOut size={17} aria-hidden="true" />
          {t('account.signOut')}
        </button>
      </div>
      {unsent === null ? null : (
        <Dialog
          title={count('account.signOutUnsentTitle', unsent)}
          closeLabel={t('app.close')}
          onClose={() => setUnsent(null)}
          isNarrow
        >
          <p>{t('account.signOutUnsent')}</p>
          <div className="dialog__actions">
            <button type="button" className="button button--danger" onClick={() => void signOut(true)}>
              {t('account.signOutAnyway')}
            </button>
            <button
              type="button"
              className="button button--primary"
              data-autofocus=""
              onClick={() => setUnsent(null)}
            >
              {t('account.stay')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
