import { Merge, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { nextColour } from '../../lib/palette.ts';
import { useActions } from '../../stores/index.ts';
import { ColourButton } from './ColourButton.tsx';
import { NameField } from './NameField.tsx';
import { NewEntryForm } from './NewEntryForm.tsx';
import { Removal } from './Removal.tsx';

type Tag = Directory['tags'][number];

/** What it does to conversations, by how many. */
const LOSSES = { merge: 'tags.mergeText', remove: 'tags.removeText' } as const;

function TagLine({ tag, others }: { tag: Tag; others: readonly Tag[] }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [mode, setMode] = useState<'merge' | 'remove' | null>(null);
  const [intoTagId, setIntoTagId] = useState('');
  const part = { tagIds: [tag.id] };
  const into = others.find((each) => each.id === intoTagId);
  return (
    <li className="manage__item">
      <div className="manage__line">
        <ColourButton
          name={tag.name}
          color={tag.color}
          onChoose={(color) => void actions.change('tag.update', { tagId: tag.id, color })}
        />
        <NameField
          label={t('tags.nameOf', { name: tag.name })}
          name={tag.name}
          onRename={async (name) => (await actions.change('tag.update', { tagId: tag.id, name })).ok}
        />
        {others.length === 0 ? null : (
          <button
            type="button"
            className="icon-button"
            aria-label={t('tags.mergeOf', { name: tag.name })}
            aria-expanded={mode === 'merge'}
            title={t('tags.merge')}
            onClick={() => setMode(mode === 'merge' ? null : 'merge')}
          >
            <Merge size={16} aria-hidden="true" />
          </button>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={t('tags.removeOf', { name: tag.name })}
          aria-expanded={mode === 'remove'}
          title={t('tags.remove')}
          onClick={() => setMode(mode === 'remove' ? null : 'remove')}
        >
          <Trash2 size={16} aria-hidden="true" />
        </button>
      </div>
      {mode === 'merge' ? (
        <div className="removal">
          <label className="manage__merge">
            {t('tags.mergeInto')}
            <select
              className="field"
              value={intoTagId}
              onChange={(event) => setIntoTagId(event.target.value)}
            >
              <option value="">{t('tags.choose')}</option>
              {others.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          {into === undefined ? null : (
            <Removal
              key={into.id}
              sentence={LOSSES.merge}
              name={into.name}
              part={part}
              confirm={t('tags.merge')}
              onConfirm={() => void actions.change('tag.merge', { tagId: tag.id, intoTagId })}
              onCancel={() => setMode(null)}
            />
          )}
        </div>
      ) : null}
      {mode === 'remove' ? (
        <Removal
          sentence={LOSSES.remove}
          name={tag.name}
          part={part}
          confirm={t('tags.remove')}
          onConfirm={() => void actions.change('tag.delete', { tagId: tag.id })}
          onCancel={() => setMode(null)}
        />
      ) : null}
    </li>
  );
}

/** The tags of the clinic: new ones, names, colours, merging, deleting. */
export function TagsSection({ directory }: { directory: Directory }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { tags } = directory;

  return (
    <>
      <p className="manage__intro">{t('tags.intro')}</p>
      <NewEntryForm
        label={t('tags.newName')}
        submit={t('tags.create')}
        onCreate={async (name) => {
          const color = nextColour(tags.map((tag) => tag.color));
          return (await actions.change('tag.create', { name, color })).ok;
        }}
      />
      {tags.length === 0 ? <p className="manage__nothing">{t('tags.nothing')}</p> : null}
      <ul className="manage">
        {tags.map((tag) => (
          <TagLine key={tag.id} tag={tag} others={tags.filter((each) => each.id !== tag.id)} />
        ))}
      </ul>
    </>
  );
}
