import { checkTemplateValues, freeWritingField, readTemplate, type SuggestionSource } from '@recado/protocol';
import { LayoutTemplate, SendHorizontal } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { ConversationDetail, TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { suggestionFactsOf, useAppState, useDates, useRecado } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';
import { beginFilling, fieldKey, isOfAppointment, valuesOf, type Filling } from './fill-template.ts';
import { ManyRecipients } from './ManyRecipients.tsx';
import { TemplateChoice } from './TemplateChoice.tsx';
import { HeaderFile, problemWords, TemplateFields } from './TemplateFields.tsx';
import { arrangeTemplates, obstacleOf, templateTitle } from './template-list.ts';
import { TemplatePreview } from './TemplatePreview.tsx';
import { useHeaderFile } from './use-header-file.ts';
import './templates.css';

/** Where a value comes from, in words: "de la próxima cita, jue 26 nov". */
export function useSourceWords(detail: Pick<ConversationDetail, 'nextAppointment'> | null) {
  const { t } = useTranslate();
  const dates = useDates();
  return (source: SuggestionSource): string => {
    if (source === 'patientName') return t('templates.source.patient');
    if (source === 'clinicName') return t('templates.source.clinic');
    if (source === 'agentName') return t('templates.source.agent');
    const at = detail?.nextAppointment?.startsAt;
    return isOfAppointment(source) && at !== undefined
      ? t('templates.source.appointment', { date: dates.weekdayDate(at) })
      : t('templates.source.patient');
  };
}

interface OneRecipientProps {
  detail: ConversationDetail;
  template: TemplateView;
  motivo: string;
  onClose: () => void;
}

/** Filling in a template for one patient, with what the patient will see beside it. */
function OneRecipient({ detail, template, motivo, onClose }: OneRecipientProps) {
  const { t } = useTranslate();
  const { actions, clock, store } = useRecado();
  const session = useAppState((state) => state.app?.session ?? null);
  const form = useRef<HTMLFormElement>(null);
  const [filling, setFilling] = useState<Filling>(() =>
    beginFilling(template, suggestionFactsOf(detail, session, clock.now(), template.language), motivo),
  );
  const [isTried, setIsTried] = useState(false);
  const [isSending, setIsSending] = useState(false);
  const headerFile = useHeaderFile(template);
  const sourceWords = useSourceWords(detail);
  const read = readTemplate(template);
  const values = valuesOf(template, filling);
  const problems = checkTemplateValues(read, values, headerFile.file !== null);
  const missingFile = problems.find(({ part, key }) => part === 'header' && key === null);

  async function send(event: FormEvent) {
    event.preventDefault();
    setIsTried(true);
    const [first] = problems;
    if (first !== undefined) {
      const place = first.key === null ? 'file' : fieldKey({ part: first.part, key: first.key });
      form.current?.querySelector<HTMLElement>(`[data-field="${place}"]`)?.focus();
      return;
    }
    if (isSending) return;
    setIsSending(true);
    const { conversationId } = detail;
    const draft = store.getState().answering.drafts[conversationId] ?? detail.draft;
    const usesDraft = freeWritingField(template) !== null && motivo !== '' && draft.text === motivo;
    const error = await actions.sendTemplate(
      { conversationId, templateId: template.id, values, fileId: headerFile.file?.fileId ?? null },
      usesDraft ? draft : null,
    );
    setIsSending(false);
    if (error === null) onClose();
  }

  return (
    <form
      ref={form}
      className="fill"
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        form.current?.requestSubmit();
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
        <TemplateFields
          template={template}
          fields={read.fields}
          filling={filling}
          problems={problems}
          isTried={isTried}
          sourceWords={sourceWords}
          onChange={(field, text) =>
            setFilling((held) => ({ ...held, [fieldKey(field)]: { text, source: null } }))
          }
        />
        {read.fields.length === 0 && headerFile.kind === null ? (
          <p className="fill__nothing">{t('templates.nothingToFill')}</p>
        ) : null}
      </div>
      <div className="fill__aside">
        <TemplatePreview template={template} values={values} file={headerFile.file} />
        <button
          type="submit"
          className="button button--primary fill__send"
          aria-disabled={problems.length > 0 || isSending}
        >
          {t('templates.send')}
          <SendHorizontal size={16} aria-hidden="true" />
        </button>
        <p className="fill__hint">{t('templates.sendHint')}</p>
      </div>
    </form>
  );
}

interface TemplateDialogProps {
  conversationIds: readonly string[];
  motivo: string;
  onClose: () => void;
}

/** Choosing a template, filling it in, and sending it to one patient or to several. */
export function TemplateDialog({ conversationIds, motivo, onClose }: TemplateDialogProps) {
  const { t, count, locale } = useTranslate();
  const { actions } = useRecado();
  const templates = useAppState((state) => state.answering.templates);
  const [details, setDetails] = useState<readonly ConversationDetail[] | null>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const pane = useRef<HTMLDivElement>(null);
  const ids = conversationIds.join(' ');

  useEffect(() => void actions.readTemplates(), [actions]);
  useEffect(() => {
    let isGone = false;
    void (async () => {
      const read: ConversationDetail[] = [];
      for (const id of ids.split(' ')) {
        const detail = await actions.readDetail(id);
        if (isGone) return;
        if (detail !== null) read.push(detail);
      }
      setDetails(read);
    })();
    return () => {
      isGone = true;
    };
  }, [actions, ids]);

  // What was being written goes into a template made for it; otherwise the one at the top of the list.
  const [only] = details ?? [];
  const language = only?.language ?? locale;
  const arranged = templates === null ? [] : arrangeTemplates(templates, { typed: '', language });
  const sendable = arranged.filter((each) => obstacleOf(each) === null);
  const initial =
    motivo.trim() === ''
      ? sendable[0]
      : (sendable.find((each) => freeWritingField(each) !== null) ?? sendable[0]);
  const template = arranged.find((each) => each.id === chosenId) ?? initial ?? null;
  const isMany = conversationIds.length > 1;
  const whom = isMany
    ? count('counts.conversations', conversationIds.length)
    : (only?.displayName ?? t('list.noName'));

  return (
    <Dialog title={t('templates.title')} closeLabel={t('app.close')} onClose={onClose} isWide>
      <p className="picker__whom">
        {details === null
          ? ' '
          : only !== undefined && !isMany && only.phone !== only.displayName && only.phone !== null
            ? `${whom} · ${only.phone}`
            : whom}
      </p>
      <div className="templates">
        {templates === null ? null : (
          <TemplateChoice
            templates={templates}
            language={language}
            chosenId={template?.id ?? null}
            onChoose={(chosen) => setChosenId(chosen.id)}
            onGoOn={() => {
              const fields = [...(pane.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
              const empty = fields.find((each) => !(each as HTMLInputElement).value);
              (empty ?? pane.current?.querySelector<HTMLElement>('[type="submit"]'))?.focus();
            }}
          />
        )}
        <div className="templates__pane" ref={pane}>
          {template === null || details === null ? null : (
            <>
              <h3 className="templates__name">
                <LayoutTemplate size={16} aria-hidden="true" />
                {templateTitle(template.name)}
              </h3>
              {isMany ? (
                <ManyRecipients
                  key={template.id}
                  details={details}
                  template={template}
                  motivo={motivo}
                  onClose={onClose}
                />
              ) : only === undefined ? (
                <p>{t('thread.loadFailed')}</p>
              ) : (
                <OneRecipient
                  key={`${template.id} ${only.conversationId}`}
                  detail={only}
                  template={template}
                  motivo={motivo}
                  onClose={onClose}
                />
              )}
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}
