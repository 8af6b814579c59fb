import { UserRound } from 'lucide-react';
import { avatarColour, initials } from '../lib/avatar.ts';

interface AvatarProps {
  name: string | null;
  /** What the colour follows from; the same person always has the same one. */
  seed: string;
  size?: 'small' | 'large';
}

const ICON_SIZE = { small: 14, medium: 18, large: 28 };

/** Initials on a stable colour; a figure where there is only a number. Decoration: the name stands beside it. */
export function Avatar({ name, seed, size }: AvatarProps) {
  const letters = initials(name ?? '');
  return (
    <span
      className={`avatar avatar--${avatarColour(seed)}${size ? ` avatar--${size}` : ''}`}
      aria-hidden="true"
    >
      {letters === '' ? <UserRound size={ICON_SIZE[size ?? 'medium']} /> : letters}
    </span>
  );
}
