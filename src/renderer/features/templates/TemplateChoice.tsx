import { readTemplate } from '@recado/protocol';
import { LayoutTemplate, Search, Star } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { plainText } from '../../lib/whatsapp-text.ts';
import { useActions } from '../../stores/index.ts';
import { Empty } from '../../ui/index.ts';
import { languageName } from './language-name.ts';
import { arrangeTemplates, obstacleOf, templateTitle } from './template-list.ts';

const CATEGORIES = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const;

interface TemplateChoiceProps {
  templates: readonly TemplateView[];
  /** What the patient reads. */
  language: string;
  chosenId: string | null;
  onChoose: (template: TemplateView) => void;
  /** Enter: on to its fields. */
  onGoOn: () => void;
}

/** The templates, found by name and by their words. */
export function TemplateChoice({ templates, language, chosenId, onChoose, onGoOn }: TemplateChoiceProps) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const listId = useId();
  const box = useRef<HTMLInputElement>(null);
  // The list comes a moment after its dialog.
  useEffect(() => box.current?.focus(), []);
  const [typed, setTyped] = useState('');
  const shown = arrangeTemplates(templates, { typed, language });
  const index = shown.findIndex((template) => template.id === chosenId);
  const hasSendable = templates.some((template) => obstacleOf(template) === null && !template.hidden);

  function choose(next: number) {
    const template = shown[next];
    if (template === undefined || obstacleOf(template) !== null) return;
    onChoose(template);
    document.getElementById(`${listId}-${template.id}`)?.scrollIntoView({ block: 'nearest' });
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const sendable = shown.filter((template) => obstacleOf(template) === null).length;
    if (event.key === 'ArrowDown') choose(Math.min(sendable - 1, index + 1));
    else if (event.key === 'ArrowUp') choose(Math.max(0, index - 1));
    else if (event.key === 'Enter') {
      if (index === -1) choose(0);
      onGoOn();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="choice">
      <div className="picker__search">
        <Search size={16} aria-hidden="true" />
        <input
          ref={box}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={index === -1 ? undefined : `${listId}-${chosenId}`}
          aria-label={t('templates.search')}
          placeholder={t('templates.search')}
          value={typed}
          maxLength={100}
          onChange={(event) => {
            setTyped(event.target.value);
            const [first] = arrangeTemplates(templates, { typed: event.target.value, language });
            if (first !== undefined && obstacleOf(first) === null) onChoose(first);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {hasSendable ? null : (
        <Empty
          icon={<LayoutTemplate size={24} />}
          title={t('templates.noneTitle')}
          text={t(templates.length === 0 ? 'templates.noneText' : 'templates.noneApproved')}
        />
      )}
      <div id={listId} role="listbox" aria-label={t('templates.title')} className="choice__list">
        {shown.map((template) => {
          const obstacle = obstacleOf(template);
          const category = CATEGORIES.find((each) => each === template.category);
          return (
            <div
              key={template.id}
              id={`${listId}-${template.id}`}
              role="option"
              aria-selected={template.id === chosenId}
              aria-disabled={obstacle !== null}
              className="choice__option"
              onClick={() => {
                if (obstacle === null) onChoose(template);
              }}
              onDoubleClick={onGoOn}
            >
              <span className="choice__name">{templateTitle(template.name)}</span>
              <button
                type="button"
                tabIndex={-1}
                className="choice__star"
                aria-label={t(template.isFavourite ? 'templates.unfavourite' : 'templates.favourite', {
                  name: templateTitle(template.name),
                })}
                aria-pressed={template.isFavourite}
                onClick={(event) => {
                  event.stopPropagation();
                  actions.setFavourite(template.id, !template.isFavourite);
                }}
              >
                <Star size={15} aria-hidden="true" fill={template.isFavourite ? 'currentColor' : 'none'} />
              </button>
              <span className="choice__body">{plainText(readTemplate(template).body)}</span>
              <span className="choice__facts">
                {[
                  ...(category === undefined ? [] : [t(`templates.category.${category}`)]),
                  languageName(template.language, locale),
                ].join(' · ')}
              </span>
              {obstacle === null ? null : (
                <span className="choice__obstacle">{t(`templates.status.${obstacle}`)}</span>
              )}
            </div>
          );
        })}
        {shown.length === 0 && templates.length > 0 ? (
          <div role="option" aria-selected={false} aria-disabled="true" className="picker__nothing">
            {t('templates.notFound')}
          </div>
        ) : null}
      </div>
    </div>
  );
}
