import { X } from 'lucide-react';
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

interface RemovableChipProps extends Pick<ChipProps, 'children' | 'icon'> {
  /** What pressing it does, in words. */
  label: string;
  onRemove: () => void;
}

/** A chip that goes away when it is pressed. */
export function RemovableChip({ children, icon, label, onRemove }: RemovableChipProps) {
  return (
    <button type="button" className="chip chip--removable" title={label} onClick={onRemove}>
      {icon}
      <span className="chip__text">{children}</span>
      <span className="visually-hidden">{label}</span>
      <X size={12} aria-hidden="true" />
    </button>
  );
}
