import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

interface DropZoneProps {
  /** Who would get the files. */
  name: string;
  onDrop: (files: File[]) => void;
}

/** Over the thread while files are dragged: it says to whom they would go. */
export function DropZone({ name, onDrop }: DropZoneProps) {
  const { t } = useTranslate();
  const [isDragging, setIsDragging] = useState(false);
  useEffect(() => {
    let leaving: ReturnType<typeof setTimeout> | undefined;
    function onOver(event: DragEvent) {
      if (!hasFiles(event) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      clearTimeout(leaving);
      setIsDragging(true);
    }
    function onLeave() {
      clearTimeout(leaving);
      // Leaving one element for the next is no leaving of the window.
      leaving = setTimeout(() => setIsDragging(false), 120);
    }
    function onDropAnywhere(event: DragEvent) {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsDragging(false);
    }
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDropAnywhere);
    return () => {
      clearTimeout(leaving);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDropAnywhere);
    };
  }, []);
  if (!isDragging) return null;
  return (
    <div
      className="drop"
      onDrop={(event) => {
        event.preventDefault();
        setIsDragging(false);
        onDrop([...event.dataTransfer.files]);
      }}
    >
      <div className="drop__words">
        <Upload size={28} aria-hidden="true" />
        <p>{t('files.dropFor')}</p>
        <p className="drop__name">{name}</p>
      </div>
    </div>
  );
}
