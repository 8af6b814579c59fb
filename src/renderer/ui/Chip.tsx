import type { ReactNode } from 'react';

interface ChipProps {
  children: ReactNode;
  tone?: 'accent' | 'warn' | 'danger' | 'ok';
  isPlain?: boolean;
  icon?: ReactNode;
  title?: string;
}

export function Chip({ children, tone, isPlain = false, icon, title }: ChipProps) {
  return (
    <span className={`chip${tone ? ` chip--${tone}` : ''}${isPlain ? ' chip--plain' : ''}`} title={title}>
      {icon}
      <span>{children}</span>
    </span>
  );
}

/** A tag of the clinic with its colour; the name alone carries the meaning. */
export function TagChip({ name, color }: { name: string; color: string }) {
  return (
    <Chip icon={<span className="dot" style={{ color }} />} title={name}>
      {name}
    </Chip>
  );
}
