import { MessageCircleHeart } from 'lucide-react';

export function Logo({ isLarge = false }: { isLarge?: boolean }) {
  return (
    <span className={`logo${isLarge ? ' logo--large' : ''}`} aria-hidden="true">
      <MessageCircleHeart size={isLarge ? 32 : 20} />
    </span>
  );
}
