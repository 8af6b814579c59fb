import { useId, type ReactNode } from 'react';

interface FieldProps {
  label: string;
  name: string;
  type?: string;
  value: string;
  autoComplete?: string;
  hint?: string | undefined;
  /** What is wrong with it, in words; null when nothing is. */
  error: string | null;
  isFocusedFirst?: boolean;
  maxLength?: number;
  onChange: (value: string) => void;
  /** Beside what is typed, in the same box. */
  children?: ReactNode;
}

/** A line to type in, with its name above and what is said of it below. */
export function Field({
  label,
  name,
  type = 'text',
  value,
  autoComplete = 'off',
  hint,
  error,
  isFocusedFirst = false,
  maxLength,
  onChange,
  children,
}: FieldProps) {
  const id = useId();
  const describedBy = [error === null ? null : `${id}-error`, hint === undefined ? null : `${id}-hint`]
    .filter((each) => each !== null)
    .join(' ');
  return (
    <div className="form-field">
      <label className="form-field__label" htmlFor={id}>
        {label}
      </label>
      <div className="form-field__box" data-invalid={error !== null}>
        <input
          id={id}
          name={name}
          type={type}
          value={value}
          maxLength={maxLength}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={isFocusedFirst}
          data-autofocus={isFocusedFirst ? '' : undefined}
          aria-invalid={error !== null}
          aria-describedby={describedBy === '' ? undefined : describedBy}
          onChange={(event) => onChange(event.target.value)}
        />
        {children}
      </div>
      {error === null ? null : (
        <p className="form-field__error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p className="form-field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
