import { Fragment } from 'react';
import { useTranslate, type SentenceKey } from '../i18n/index.ts';
import { Dialog } from '../ui/index.ts';

/** A combination of keys; alternatives are separate combinations. */
type Keys = readonly (readonly string[])[];

/** The list `?` shows; `use-shortcuts.ts` and the columns hear them. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslate();
  const control = t('shortcuts.keys.control');
  const alt = t('shortcuts.keys.alt');
  const shift = t('shortcuts.keys.shift');
  const enter = t('shortcuts.keys.enter');
  const groups: { title: SentenceKey; keys: readonly (readonly [SentenceKey, Keys])[] }[] = [
    {
      title: 'shortcuts.conversations',
      keys: [
        ['shortcuts.nextConversation', [[alt, '↓']]],
        ['shortcuts.previousConversation', [[alt, '↑']]],
        ['shortcuts.moveInList', [['↑'], ['↓']]],
        ['shortcuts.openConversation', [[enter]]],
        ['shortcuts.backToList', [[t('shortcuts.keys.escape')]]],
        ['shortcuts.filter', [[control, '1…6']]],
        ['shortcuts.pick', [[t('shortcuts.keys.space')]]],
        ['shortcuts.pickMore', [[shift, '↓']]],
        ['shortcuts.pickAll', [[control, 'A']]],
        ['shortcuts.menu', [[shift, 'F10']]],
      ],
    },
    {
      title: 'shortcuts.acting',
      keys: [
        ['shortcuts.closeOrOpen', [['E']]],
        ['actions.assign', [['A']]],
        ['actions.tag', [['T']]],
        ['actions.note', [['N']]],
        ['shortcuts.readOrUnread', [['U']]],
        ['shortcuts.pinOrNot', [['P']]],
        ['actions.snooze', [['H']]],
        ['actions.markSpam', [['S']]],
        ['done.undo', [['Z']]],
      ],
    },
    {
      title: 'shortcuts.writing',
      keys: [
        ['shortcuts.send', [[enter]]],
        ['shortcuts.newLine', [[shift, enter]]],
        ['send.andClose', [[control, shift, enter]]],
        ['send.andNext', [[alt, enter]]],
        ['shortcuts.undoSend', [[control, 'Z']]],
        ['quickReplies.open', [['/']]],
        ['templates.send', [[control, 'T']]],
        ['newConversation.open', [[control, 'N']]],
        ['shortcuts.replyTo', [['R']]],
      ],
    },
    {
      title: 'shortcuts.window',
      keys: [
        ['shortcuts.search', [[control, 'K']]],
        ['shortcuts.find', [[control, 'F']]],
        ['shortcuts.nextPane', [['F6']]],
        ['shortcuts.previousPane', [[shift, 'F6']]],
        ['shortcuts.togglePanel', [[control, 'I']]],
        ['shortcuts.showShortcuts', [['?']]],
      ],
    },
  ];
  return (
    <Dialog title={t('shortcuts.title')} closeLabel={t('app.close')} onClose={onClose}>
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="shortcuts__heading">{t(group.title)}</h3>
            <dl>
              {group.keys.map(([what, combinations]) => (
                <div key={what} className="shortcuts__line">
                  <dt>{t(what)}</dt>
                  <dd>
                    {combinations.map((keys, index) => (
                      <Fragment key={index}>
                        {index > 0 ? <span> {t('shortcuts.keys.or')} </span> : null}
                        {keys.map((key) => (
                          <kbd key={key} className="key">
                            {key}
                          </kbd>
                        ))}
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
