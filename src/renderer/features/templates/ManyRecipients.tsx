import { checkTemplateValues, composerMode, readTemplate } from '@recado/protocol';
import { CircleAlert, CircleCheck, CircleDashed, CircleMinus, SendHorizontal } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ConversationDetail, TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { suggestionFactsOf, useAppState, useRecado } from '../../stores/index.ts';
import { beginFilling, fieldKey, filledOf, ownFields, valuesOf, type Filling } from './fill-template.ts';
import { fieldLabel, HeaderFile, problemWords, TemplateFields } from './TemplateFields.tsx';
import { TemplatePreview } from './TemplatePreview.tsx';
import { useHeaderFile } from './use-header-file.ts';

type Result = 'waiting' | 'sent' | 'failed' | 'stopped';
const ICONS = { waiting: CircleDashed, sent: CircleCheck, failed: CircleAlert, stopped: CircleMinus };

interface ManyRecipientsProps {
  details: readonly ConversationDetail[];
  template: TemplateView;
  motivo: string;
  onClose: () => void;
}

/** One template to several patients: what is the same for all once, what is each one's in a table, then one by one. */
export function ManyRecipients({ details, template, motivo, onClose }: ManyRecipientsProps) {
  const { t, count } = useTranslate();
  const { actions, clock } = useRecado();
  const session = useAppState((state) => state.app?.session ?? null);
  const headerFile = useHeaderFile(template);
  const read = readTemplate(template);
  // Nobody writes to those marked as spam.
  const [recipients] = useState(() =>
    details.filter((detail) => composerMode(detail.facts, clock.now()) !== 'disabled'),
  );
  const [fillings, setFillings] = useState<readonly Filling[]>(() =>
    recipients.map((detail) =>
      beginFilling(template, suggestionFactsOf(detail, session, clock.now(), template.language), motivo),
    ),
  );
  const [own] = useState(() => ownFields(template, fillings));
  const shared = read.fields.filter((field) => !own.some((each) => fieldKey(each) === fieldKey(field)));
  const [shownIndex, setShownIndex] = useState(0);
  const [isTried, setIsTried] = useState(false);
  const [results, setResults] = useState<readonly Result[] | null>(null);
  const isStopped = useRef(false);
  const checks = fillings.map((filling) =>
    checkTemplateValues(read, valuesOf(template, filling), headerFile.file !== null),
  );
  const shown = fillings[shownIndex] ?? {};
  const missingFile = checks[0]?.find(({ part, key }) => part === 'header' && key === null);
  const done = results?.filter((result) => result !== 'waiting').length ?? 0;
  const isRunning = results !== null && done < results.length;

  function change(indexes: readonly number[], key: string, text: string) {
    setFillings((held) =>
      held.map((filling, index) =>
        indexes.includes(index) ? { ...filling, [key]: { text, source: null } } : filling,
      ),
    );
  }
  async function send() {
    setIsTried(true);
    if (results !== null || checks.some((problems) => problems.length > 0)) return;
    const held: Result[] = recipients.map(() => 'waiting');
    setResults([...held]);
    for (const [index, detail] of recipients.entries()) {
      if (isStopped.current) held[index] = 'stopped';
      else {
        const error = await actions.sendTemplateToOne({
          conversationId: detail.conversationId,
          templateId: template.id,
          values: valuesOf(template, fillings[index] ?? {}),
          fileId: headerFile.file?.fileId ?? null,
        });
        held[index] = error === null ? 'sent' : 'failed';
      }
      setResults([...held]);
    }
  }

  if (results !== null) {
    return (
      <div className="many">
        <label className="many__progress">
          <span className="numeric" role="status">
            {t('templates.many.progress', { done, total: results.length })}
          </span>
          <progress value={done} max={results.length} />
        </label>
        <ul className="many__results">
          {recipients.map((detail, index) => {
            const result = results[index] ?? 'waiting';
            const Icon = ICONS[result];
            return (
              <li key={detail.conversationId} data-result={result}>
                <Icon size={16} aria-hidden="true" />
                <span className="many__name">{detail.displayName ?? t('list.noName')}</span>
                <span>{t(`templates.many.${result}`)}</span>
              </li>
            );
          })}
        </ul>
        <div className="dialog__actions">
          {isRunning ? (
            <button type="button" className="button" onClick={() => (isStopped.current = true)}>
              {t('templates.many.stop')}
            </button>
          ) : (
            <button type="button" className="button button--primary" onClick={onClose}>
              {t('app.close')}
            </button>
          )}
        </div>
      </div>
    );
  }

  const all = recipients.map((_, index) => index);
  return (
    <form
      className="fill"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="fill__fields">
        {headerFile.kind === null ? null : (
          <HeaderFile
            kind={headerFile.kind}
            file={headerFile.file}
            problem={headerFile.problem ?? (isTried && missingFile ? problemWords(missingFile, t) : null)}
            onChoose={headerFile.choose}
            onRemove={headerFile.remove}
          />
        )}
        {shared.length === 0 ? null : (
          <>
            <p className="many__heading">{t('templates.many.shared')}</p>
            <TemplateFields
              template={template}
              fields={shared}
              filling={fillings[0] ?? {}}
              problems={checks[0] ?? []}
              isTried={isTried}
              sourceWords={(source) =>
                t(source === 'agentName' ? 'templates.source.agent' : 'templates.source.clinic')
              }
              onChange={(field, text) => change(all, fieldKey(field), text)}
            />
          </>
        )}
        {own.length === 0 ? null : (
          <div className="many__scroller">
            <table className="many__table">
              <thead>
                <tr>
                  <th scope="col">{t('templates.many.recipient')}</th>
                  {own.map((field) => (
                    <th key={fieldKey(field)} scope="col">
                      {fieldLabel(field, t)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {recipients.map((detail, index) => (
                  <tr key={detail.conversationId} data-shown={index === shownIndex}>
                    <th scope="row">
                      <button type="button" className="many__who" onClick={() => setShownIndex(index)}>
                        {detail.displayName ?? t('list.noName')}
                      </button>
                    </th>
                    {own.map((field) => {
                      const problem = checks[index]?.find(
                        (each) => each.part === field.part && each.key === field.key,
                      );
                      return (
                        <td key={fieldKey(field)}>
                          <input
                            className="field"
                            value={filledOf(fillings[index] ?? {}, field).text}
                            aria-label={`${detail.displayName ?? ''}, ${fieldLabel(field, t)}`}
                            aria-invalid={problem !== undefined}
                            title={problem === undefined ? undefined : problemWords(problem, t)}
                            data-field={`${index}.${fieldKey(field)}`}
                            onFocus={() => setShownIndex(index)}
                            onChange={(event) => change([index], fieldKey(field), event.target.value)}
                          />
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {recipients.length < details.length ? (
          <p className="fill__nothing">{count('templates.many.spam', details.length - recipients.length)}</p>
        ) : null}
      </div>
      <div className="fill__aside">
        <p className="many__heading">
          {t('templates.many.previewOf', { name: recipients[shownIndex]?.displayName ?? t('list.noName') })}
        </p>
        <TemplatePreview template={template} values={valuesOf(template, shown)} file={headerFile.file} />
        {isTried && checks.some((problems) => problems.length > 0) ? (
          <p className="field__problem" role="alert">
            {count('templates.many.incomplete', checks.filter((problems) => problems.length > 0).length)}
          </p>
        ) : null}
        <button
          type="submit"
          className="button button--primary fill__send"
          aria-disabled={recipients.length === 0 || checks.some((problems) => problems.length > 0)}
        >
          {count('templates.many.send', recipients.length)}
          <SendHorizontal size={16} aria-hidden="true" />
        </button>
      </div>
    </form>
  );
}
