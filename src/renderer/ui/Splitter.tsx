import { useState, type KeyboardEvent, type PointerEvent } from 'react';

interface SplitterProps {
  label: string;
  value: number;
  min: number;
  max: number;
  /** Where it stands, as a CSS length from the left edge of the columns. */
  left: string;
  /** -1 when the column is to the right of the line: dragging left makes it wider. */
  direction: 1 | -1;
  onChange: (value: number) => void;
}

const STEP = 16;

/** The line between two columns: dragged, or moved with the arrow keys. */
export function Splitter({ label, value, min, max, left, direction, onChange }: SplitterProps) {
  const [origin, setOrigin] = useState<{ x: number; value: number } | null>(null);

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    event.currentTarget.setPointerCapture(event.pointerId);
    setOrigin({ x: event.clientX, value });
  }
  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    if (origin) onChange(origin.value + (event.clientX - origin.x) * direction);
  }
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const steps: Record<string, number> = {
      ArrowLeft: value - STEP * direction,
      ArrowRight: value + STEP * direction,
      Home: min,
      End: max,
    };
    const next = steps[event.key];
    if (next === undefined || event.altKey) return;
    event.preventDefault();
    onChange(next);
  }

  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      style={{ insetInlineStart: left }}
      data-active={origin !== null}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => setOrigin(null)}
      onPointerCancel={() => setOrigin(null)}
      onKeyDown={onKeyDown}
    />
  );
}
