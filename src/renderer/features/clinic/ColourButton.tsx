import { Check } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { PALETTE } from '../../lib/palette.ts';

interface ColourButtonProps {
  name: string;
  color: string;
  onChoose: (color: string) => void;
}

/** The colour of a tag, and below it those to choose from. */
export function ColourButton({ name, color, onChoose }: ColourButtonProps) {
  const { t } = useTranslate();
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="icon-button icon-button--small swatch-button"
        aria-label={t('tags.colourOf', { name })}
        aria-expanded={isOpen}
        aria-controls={id}
        title={t('tags.colour')}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className="swatch" style={{ background: color }} aria-hidden="true" />
      </button>
      {isOpen ? (
        <div className="palette" id={id} role="group" aria-label={t('tags.colourOf', { name })}>
          {PALETTE.map((each, index) => (
            <button
              key={each}
              type="button"
              className="swatch swatch--choice"
              style={{ background: each }}
              aria-label={t('tags.colourNumber', { number: index + 1 })}
              aria-pressed={each === color.toLowerCase()}
              onClick={() => {
                onChoose(each);
                setIsOpen(false);
              }}
            >
              {each === color.toLowerCase() ? <Check size={14} strokeWidth={3} aria-hidden="true" /> : null}
            </button>
          ))}
          <label className="palette__own">
            {t('tags.ownColour')}
            <input
              type="color"
              defaultValue={color}
              onBlur={(event) => {
                if (event.target.value !== color.toLowerCase()) onChoose(event.target.value);
              }}
            />
          </label>
        </div>
      ) : null}
    </>
  );
}
