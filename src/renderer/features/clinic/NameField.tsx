import { useState } from 'react';

interface NameFieldProps {
  label: string;
  name: string;
  /** Answers whether it was accepted; when not, the name before comes back. */
  onRename: (name: string) => Promise<boolean>;
}

/** A name changed where it stands: Enter or leaving it keeps it, Escape does not. */
export function NameField({ label, name, onRename }: NameFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  async function keep() {
    const next = typed?.trim() ?? '';
    if (next !== '' && next !== name) await onRename(next);
    setTyped(null);
  }
  return (
    <input
      className="field field--name"
      aria-label={label}
      value={typed ?? name}
      maxLength={60}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => void keep()}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) void keep();
        if (event.key !== 'Escape' || typed === null) return;
        event.preventDefault();
        event.stopPropagation();
        setTyped(null);
      }}
    />
  );
}
