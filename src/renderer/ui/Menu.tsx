import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

/** Distance kept from the edges of the window, in CSS pixels. */
const MARGIN = 8;

/** The arrow keys, Home, End and first letters move through the items of a menu. */
export function moveInMenu(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const current = items.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: -1 };
  let target = steps[event.key];
  if (
    target === undefined &&
    /^\p{L}$/u.test(event.key) &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey
  ) {
    const starts = (item: HTMLElement | undefined): boolean =>
      item?.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()) ?? false;
    const found = items.findIndex((_, index) => starts(items[(current + 1 + index) % items.length]));
    if (found !== -1) target = current + 1 + found;
  }
  if (target === undefined || items.length === 0) return;
  event.preventDefault();
  items[(target + items.length) % items.length]?.focus();
}

interface MenuProps {
  id?: string;
  label: string;
  /** Where its corner goes, in CSS pixels; it is moved to stay within the window. */
  x: number;
  y: number;
  /** Its right corner instead of its left one. */
  alignsEnd?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A menu at a place of the window, open as long as it is there. The focus goes back where it was. */
export function Menu({ id, label, x, y, alignsEnd = false, onClose, children }: MenuProps) {
  const surface = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const left = alignsEnd ? x - width : x;
    element.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(y, window.innerHeight - height - MARGIN))}px`;
    element.querySelector<HTMLElement>('[aria-checked="true"], [role^="menuitem"]')?.focus();
    return () => {
      if (element.matches(':popover-open')) element.hidePopover();
    };
  }, [alignsEnd, x, y]);
  return (
    <div
      id={id}
      ref={surface}
      popover="auto"
      role="menu"
      aria-label={label}
      className="menu menu--free"
      onKeyDown={(event) => {
        if (event.key === 'Tab') {
          event.preventDefault();
          surface.current?.hidePopover();
        } else moveInMenu(event);
      }}
      onToggle={(event) => {
        if (event.newState === 'closed') onClose();
      }}
    >
      {children}
    </div>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  /** The key that does the same, as people call it. */
  shortcut?: string | undefined;
  tone?: 'danger';
  /** One of several of which one holds. */
  isChosen?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, shortcut, tone, isChosen, onSelect, children }: MenuItemProps) {
  return (
    <button
      type="button"
      role={isChosen === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={isChosen}
      aria-keyshortcuts={shortcut}
      tabIndex={-1}
      className={`menu__item${tone ? ` menu__item--${tone}` : ''}`}
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
        onSelect();
      }}
    >
      {icon}
      <span>{children}</span>
      {shortcut === undefined ? null : (
        <kbd className="key" aria-hidden="true">
          {shortcut}
        </kbd>
      )}
    </button>
  );
}

export const MenuLine = () => <div role="separator" className="menu__line" />;

interface MenuButtonProps {
  className: string;
  label: string;
  title?: string;
  alignsEnd?: boolean;
  button: ReactNode;
  children: ReactNode;
}

/** A button that opens a menu below it. */
export function MenuButton({
  className,
  label,
  title,
  alignsEnd = false,
  button,
  children,
}: MenuButtonProps) {
  const id = useId();
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  // A press outside the menu closes it, also this button's: the click that follows must not open it again.
  const wasOpen = useRef(false);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={place !== null}
        title={title}
        aria-controls={place === null ? undefined : id}
        onPointerDown={() => {
          wasOpen.current = place !== null;
        }}
        onClick={(event) => {
          const closes = wasOpen.current;
          wasOpen.current = false;
          if (closes || place !== null) return;
          const { left, right, bottom } = event.currentTarget.getBoundingClientRect();
          setPlace({ x: alignsEnd ? right : left, y: bottom + 5 });
        }}
      >
        {button}
      </button>
      {place === null ? null : (
        <Menu id={id} label={label} {...place} alignsEnd={alignsEnd} onClose={() => setPlace(null)}>
          {children}
        </Menu>
      )}
    </>
  );
}
