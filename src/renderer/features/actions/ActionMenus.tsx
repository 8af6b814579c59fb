import { windowEnd } from '@recado/protocol';
import { Archive, ArchiveRestore, ChevronDown, UserRoundPlus } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import {
  findSubject,
  subjectOfDetail,
  these,
  useAppState,
  useNow,
  useRecado,
  type Subject,
} from '../../stores/index.ts';
import { Menu, MenuButton, MenuItem, MenuLine } from '../../ui/index.ts';
import { ENTRIES, entriesOf, runEntry } from './entries.ts';
import './actions.css';

function Entries({ subject }: { subject: Subject }) {
  const { t } = useTranslate();
  const recado = useRecado();
  const now = useNow('minute', windowEnd(subject.facts));
  return entriesOf(subject, now).map((group, index) => (
    <Fragment key={group[0]}>
      {index > 0 ? <MenuLine /> : null}
      {group.map((id) => {
        const entry = ENTRIES[id];
        const Icon = entry.icon;
        return (
          <MenuItem
            key={id}
            icon={<Icon size={17} aria-hidden="true" />}
            shortcut={'shortcut' in entry ? entry.shortcut : undefined}
            {...('tone' in entry ? { tone: entry.tone } : {})}
            onSelect={() => runEntry(id, these(subject.conversationId), recado)}
          >
            {t(entry.label)}
          </MenuItem>
        );
      })}
    </Fragment>
  ));
}

/** The menu of a row, where it was asked for. */
export function ConversationMenu() {
  const { t } = useTranslate();
  const { actions, store } = useRecado();
  const menu = useAppState((state) => state.ui.menu);
  if (menu === null) return null;
  const subject = findSubject(store.getState(), menu.conversationId);
  if (subject === null) return null;
  return (
    <Menu
      key={`${menu.conversationId} ${menu.x} ${menu.y}`}
      label={t('actions.of', { name: subject.displayName ?? t('list.noName') })}
      x={menu.x}
      y={menu.y}
      onClose={() => actions.changeUi({ menu: null })}
    >
      <Entries subject={subject} />
    </Menu>
  );
}

/** What is done most, and the menu of the rest: in the header of the thread. */
export function ThreadActions() {
  const { t } = useTranslate();
  const recado = useRecado();
  const detail = useAppState((state) => state.thread.detail);
  const subject = useMemo(() => (detail === null ? null : subjectOfDetail(detail)), [detail]);
  if (subject === null) return null;
  const aim = these(subject.conversationId);
  const { closed, spam } = subject.facts;
  const Icon = closed ? ArchiveRestore : Archive;
  const what = closed ? 'reopen' : 'close';
  return (
    <div className="thread-actions">
      <button
        type="button"
        className="button button--compact"
        aria-keyshortcuts="A"
        title={t('actions.withKey', { action: t('actions.assign'), key: 'A' })}
        onClick={() => runEntry('assign', aim, recado)}
      >
        <UserRoundPlus size={16} aria-hidden="true" />
        <span className="thread-actions__word">{t('actions.assignShort')}</span>
      </button>
      {spam ? null : (
        <button
          type="button"
          className="button button--compact"
          aria-keyshortcuts="E"
          title={t('actions.withKey', { action: t(`actions.${what}`), key: 'E' })}
          onClick={() => runEntry(what, aim, recado)}
        >
          <Icon size={16} aria-hidden="true" />
          <span className="thread-actions__word">
            {t(closed ? 'actions.reopenShort' : 'actions.closeShort')}
          </span>
        </button>
      )}
      <MenuButton
        className="button button--compact"
        label={t('actions.menu')}
        alignsEnd
        button={
          <>
            {t('actions.menu')}
            <ChevronDown size={15} aria-hidden="true" />
          </>
        }
      >
        <Entries subject={subject} />
      </MenuButton>
    </div>
  );
}
