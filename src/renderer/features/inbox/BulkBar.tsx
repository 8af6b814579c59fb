import {
  Archive,
  ArchiveRestore,
  LayoutTemplate,
  MailOpen,
  OctagonAlert,
  ShieldCheck,
  Tag,
  UserRoundPlus,
  X,
} from 'lucide-react';
import { useTranslate } from '../../i18n/index.ts';
import { aimOfSelection, selectedCount, subjectsOf, useAppState, useRecado } from '../../stores/index.ts';
import { entryOfKey, runEntry, type EntryId } from '../actions/index.ts';

const ICONS = {
  close: Archive,
  reopen: ArchiveRestore,
  tag: Tag,
  assign: UserRoundPlus,
  template: LayoutTemplate,
  markRead: MailOpen,
  markSpam: OctagonAlert,
  unmarkSpam: ShieldCheck,
} as const;

/** What can be done with all that is picked; `total` match what the list shows. */
export function BulkBar({ total }: { total: number }) {
  const { t, count } = useTranslate();
  const recado = useRecado();
  const { actions, store } = recado;
  const selection = useAppState((state) => state.inbox.selection);
  const query = useAppState((state) => state.inbox.query);
  const amount = selectedCount(selection);
  const aim = aimOfSelection(selection, query);
  if (aim === null) return null;
  const subjects = subjectsOf(store.getState(), aim);
  const closing = aim.kind === 'matching' && query.filter === 'closed' ? 'reopen' : entryOfKey('E', subjects);
  const spamming = query.filter === 'spam' ? 'unmarkSpam' : entryOfKey('S', subjects);
  // Each is filled in before the eyes: not for all that merely match.
  const template = aim.kind === 'these' && query.filter !== 'spam' ? 'template' : null;
  const entries = [closing, template, 'tag', 'assign', 'markRead', spamming].filter(
    (id): id is EntryId & keyof typeof ICONS => id !== null && Object.hasOwn(ICONS, id),
  );
  return (
    <div className="bulk" role="group" aria-label={t('bulk.label')}>
      <div className="bulk__line">
        <p className="bulk__count numeric" role="status">
          {count('bulk.selected', amount)}
        </p>
        <div className="bulk__actions">
          {entries.map((id) => {
            const Icon = ICONS[id];
            return (
              <button
                key={id}
                type="button"
                className="icon-button icon-button--small"
                aria-label={t(`actions.${id}`)}
                title={t(`actions.${id}`)}
                onClick={() => runEntry(id, aim, recado)}
              >
                <Icon size={16} aria-hidden="true" />
              </button>
            );
          })}
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={t('bulk.clear')}
            title={t('bulk.clear')}
            onClick={actions.clearSelection}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
      </div>
      {selection.matching === null && total > amount ? (
        <button type="button" className="bulk__all" onClick={actions.selectMatching}>
          {count('bulk.selectMatching', total)}
        </button>
      ) : null}
    </div>
  );
}
