import type { ReactNode } from 'react';

interface EmptyProps {
  icon: ReactNode;
  title: string;
  text: string;
  children?: ReactNode;
}

/** What stands where there is nothing yet: it says why, and what will come. */
export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty__icon" aria-hidden="true">
        {icon}
      </span>
      <p className="empty__title">{title}</p>
      <p className="empty__text">{text}</p>
      {children === undefined ? null : <div className="empty__more">{children}</div>}
    </div>
  );
}
