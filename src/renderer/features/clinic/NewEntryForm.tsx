import { Plus } from 'lucide-react';
import { useState, type FormEvent } from 'react';

interface NewEntryFormProps {
  /** What the name is of, as the field is called. */
  label: string;
  submit: string;
  /** True when there is now one of that name: the field is empty again. */
  onCreate: (name: string) => Promise<boolean>;
}

/** A name and a button: how a new tag or group begins. */
export function NewEntryForm({ label, submit, onCreate }: NewEntryFormProps) {
  const [name, setName] = useState('');

  async function create(event: FormEvent) {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted !== '' && (await onCreate(wanted))) setName('');
  }

  return (
    <form className="manage__new" onSubmit={(event) => void create(event)}>
      <input
        className="field field--name"
        aria-label={label}
        placeholder={label}
        value={name}
        maxLength={60}
        data-autofocus=""
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button button--primary" aria-disabled={name.trim() === ''}>
        <Plus size={16} aria-hidden="true" />
        {submit}
      </button>
    </form>
  );
}
