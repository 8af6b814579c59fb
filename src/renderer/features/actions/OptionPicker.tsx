import { Check, Minus, Plus, Search } from 'lucide-react';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { findByName, fold } from '../../lib/fold.ts';
import type { Mark } from './choices.ts';

export interface PickerOption {
  id: string;
  name: string;
  icon: ReactNode;
  /** What kind of thing it is, shown beside the name. */
  hint?: string;
}

interface OptionPickerProps {
  label: string;
  placeholder: string;
  options: readonly PickerOption[];
  markOf: (id: string) => Mark;
  onPress: (id: string) => void;
  /** Enter without anything left to press, or Ctrl+Enter. */
  onDone: () => void;
  /** Makes a new one of the text typed. */
  create?: { label: (name: string) => string; run: (name: string) => Promise<boolean> };
  nothing: string;
}

const MARK_ICONS = { true: Check, false: null, mixed: Minus } as const;

/** A list one searches by typing, without minding accents, and in which several can be chosen. */
export function OptionPicker(props: OptionPickerProps) {
  const { label, placeholder, options, markOf, onPress, onDone, create, nothing } = props;
  const { t } = useTranslate();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const name = typed.trim();
  const found = findByName(options, typed);
  const isNew =
    create !== undefined && name !== '' && !options.some((each) => fold(each.name) === fold(name));
  const length = found.length + (isNew ? 1 : 0);
  const activeIndex = Math.min(active, Math.max(0, length - 1));
  const optionId = (index: number) => `${listId}-${index}`;

  async function press(index: number) {
    const option = found[index];
    if (option) onPress(option.id);
    else if (isNew && (await create.run(name))) setTyped('');
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, number> = { ArrowDown: activeIndex + 1, ArrowUp: activeIndex - 1 };
    const step = steps[event.key];
    if (step !== undefined && length > 0) {
      const next = (step + length) % length;
      setActive(next);
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onDone();
    else if (event.key === 'Enter') {
      // With nothing searched for, what was chosen is what is wanted.
      if (name === '') onDone();
      else void press(activeIndex).then(() => setTyped(''));
    } else if (event.key === ' ' && name === '') void press(activeIndex);
    else return;
    event.preventDefault();
  }

  return (
    <div className="picker">
      <div className="picker__search">
        <Search size={16} aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={length > 0 ? optionId(activeIndex) : undefined}
          aria-label={label}
          placeholder={placeholder}
          value={typed}
          maxLength={60}
          data-autofocus=""
          onChange={(event) => {
            setTyped(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={listId} role="listbox" aria-multiselectable="true" aria-label={label} className="picker__list">
        {found.map((option, index) => {
          const mark = markOf(option.id);
          const MarkIcon = MARK_ICONS[`${mark}`];
          return (
            <div
              key={option.id}
              id={optionId(index)}
              role="option"
              aria-selected={mark === true}
              className="picker__option"
              data-active={index === activeIndex}
              data-mark={mark}
              onPointerMove={() => setActive(index)}
              onClick={() => onPress(option.id)}
            >
              <span className="checkbox" aria-hidden="true">
                {MarkIcon ? <MarkIcon size={13} strokeWidth={3} /> : null}
              </span>
              {option.icon}
              <span className="picker__name">{option.name}</span>
              {option.hint === undefined ? null : <span className="picker__hint">{option.hint}</span>}
              {mark === 'mixed' ? <span className="picker__hint">{t('picker.some')}</span> : null}
            </div>
          );
        })}
        {isNew ? (
          <div
            id={optionId(found.length)}
            role="option"
            aria-selected={false}
            className="picker__option picker__option--new"
            data-active={activeIndex === found.length}
            onPointerMove={() => setActive(found.length)}
            onClick={() => void press(found.length)}
          >
            <Plus size={16} aria-hidden="true" />
            <span className="picker__name">{create.label(name)}</span>
          </div>
        ) : null}
        {length === 0 ? (
          <div role="option" aria-selected={false} aria-disabled="true" className="picker__nothing">
            {nothing}
          </div>
        ) : null}
      </div>
    </div>
  );
}
