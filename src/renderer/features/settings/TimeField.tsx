import { useState } from 'react';
import { readTime } from './week.ts';

interface TimeFieldProps {
  label: string;
  /** `HH:MM`; empty while nothing was chosen. */
  value: string;
  isInvalid: boolean;
  onChange: (value: string) => void;
}

/** A time of day by the 24-hour clock, whatever the PC is set to: `9`, `930` and `9:30` are all understood. */
export function TimeField({ label, value, isInvalid, onChange }: TimeFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);

  function keep() {
    if (typed !== null) onChange(readTime(typed) ?? '');
    setTyped(null);
  }

  return (
    <input
      type="text"
      inputMode="numeric"
      className="field field--time numeric"
      aria-label={label}
      aria-invalid={isInvalid}
      placeholder="--:--"
      maxLength={5}
      autoComplete="off"
      value={typed ?? value}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
      }}
    />
  );
}
