import { FileText, Image, Mic, Sticker, Video, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { mediaAddress } from './address.ts';

const ICONS: Record<string, LucideIcon> = { image: Image, video: Video, audio: Mic, sticker: Sticker };

interface FileThumbProps {
  fileName: string;
  /** Null while the file is not there yet. */
  mediaId?: string | null;
  kind?: string;
}

/** A file at a glance: the picture itself, or the sign of its kind. */
export function FileThumb({ fileName, mediaId = null, kind = 'document' }: FileThumbProps) {
  const [isBroken, setIsBroken] = useState(false);
  const Icon = ICONS[kind] ?? FileText;
  const isPicture = kind === 'image' || kind === 'sticker';
  return (
    <span className="thumb" data-kind={kind}>
      {isPicture && mediaId !== null && !isBroken ? (
        <img src={mediaAddress(mediaId)} alt={fileName} onError={() => setIsBroken(true)} />
      ) : (
        <Icon size={18} aria-hidden="true" />
      )}
    </span>
  );
}
