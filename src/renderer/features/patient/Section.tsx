import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  /** What adds to it. */
  add?: { label: string; onPress: () => void };
  children: ReactNode;
}

/** A part of the panel under its heading. */
export function Section({ title, add, children }: SectionProps) {
  return (
    <section className="panel__section">
      <div className="panel__section-head">
        <h3 className="panel__heading">{title}</h3>
        {add === undefined ? null : (
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={add.label}
            title={add.label}
            onClick={add.onPress}
          >
            <Plus size={15} aria-hidden="true" />
          </button>
        )}
      </div>
      {children}
    </section>
  );
}
