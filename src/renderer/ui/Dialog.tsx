import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface DialogProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  isNarrow?: boolean;
  /** Fills much of the window, always as much of it; its content scrolls by itself. */
  isPage?: boolean;
  /** For more than one column. */
  isWide?: boolean;
  children: ReactNode;
}

/** A modal dialog by the browser's own `<dialog>`: it traps the focus, closes with Escape and gives the focus back. */
export function Dialog(props: DialogProps) {
  const { title, closeLabel, onClose, isNarrow = false, isWide = false, isPage = false, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed before it leaves the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // What React focuses by itself is focused before the dialog shows, which takes the focus to its first button.
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog${isNarrow ? ' dialog--narrow' : ''}${isWide ? ' dialog--wide' : ''}${isPage ? ' dialog--page' : ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog__head">
        <h2 className="dialog__title" id={titleId}>
          {title}
        </h2>
        <button type="button" className="icon-button" aria-label={closeLabel} onClick={onClose}>
          <X size={18} aria-hidden="true" />
        </button>
      </div>
      <div className="dialog__body">{children}</div>
    </dialog>
  );
}
