import { checkNewTemplate, type TemplateDraftProblem } from '@recado/protocol';
import { Plus, Trash2 } from 'lucide-react';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslate, type Translate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { languageName } from './language-name.ts';
import { HeaderFile } from './TemplateFields.tsx';
import {
  BUTTON_TYPES,
  draftOfForm,
  formVariables,
  HEADER_KINDS,
  templateName,
  type FormButton,
  type TemplateForm,
} from './template-form.ts';
import { TemplatePreview } from './TemplatePreview.tsx';
import { useHeaderFile } from './use-header-file.ts';

const LANGUAGES = ['es', 'ca', 'eu', 'gl', 'en_GB', 'en_US', 'fr', 'de', 'pt_PT', 'it', 'ro', 'ar'];
/** Names this app fills in by itself; see the rules of suggestions. */
const OFFERED = ['nombre', 'fecha', 'hora', 'profesional', 'tratamiento', 'clinica', 'motivo'];

function problemWords({ problem, key, limit }: TemplateDraftProblem, t: Translate): string {
  const sentence = problem === 'too_many' ? 'tooManyButtons' : problem;
  return t(`templates.draft.${sentence}`, { name: key ?? '', limit: limit ?? 0 });
}

interface PartProps {
  label: string;
  problems: readonly TemplateDraftProblem[];
  isTried: boolean;
  children: ReactNode;
}

/** A part of the template with what WhatsApp would say against it. */
function Part({ label, problems, isTried, children }: PartProps) {
  const { t } = useTranslate();
  // Nobody is told that they have not finished while they are writing.
  const said = problems.filter(
    ({ problem }) => isTried || (problem !== 'empty' && !problem.endsWith('missing')),
  );
  return (
    <div className="editor__part" role="group" aria-label={label}>
      <p className="fill__label">{label}</p>
      {children}
      {said.map((problem, index) => (
        <p key={index} className="field__problem">
          {problemWords(problem, t)}
        </p>
      ))}
    </div>
  );
}

interface ButtonLineProps {
  button: FormButton;
  number: number;
  onChange: (change: Partial<FormButton>) => void;
  onRemove: () => void;
}

function ButtonLine({ button, number, onChange, onRemove }: ButtonLineProps) {
  const { t } = useTranslate();
  const { type, text, value, example } = button;
  const name = t('templates.button.name', { number });
  return (
    <div className="editor__button" role="group" aria-label={name}>
      <select
        className="field"
        value={type}
        aria-label={t('templates.button.type')}
        onChange={(event) => onChange({ type: event.target.value as FormButton['type'] })}
      >
        {BUTTON_TYPES.map((each) => (
          <option key={each} value={each}>
            {t(`templates.button.${each}`)}
          </option>
        ))}
      </select>
      {type === 'COPY_CODE' ? null : (
        <input
          className="field"
          value={text}
          maxLength={40}
          aria-label={t('templates.button.text')}
          placeholder={t('templates.button.text')}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      )}
      {type === 'QUICK_REPLY' ? null : (
        <input
          className="field editor__value"
          value={value}
          aria-label={t(`templates.button.value.${type}`)}
          placeholder={t(`templates.button.value.${type}`)}
          onChange={(event) => onChange({ value: event.target.value })}
        />
      )}
      {type === 'URL' && value.includes('{{1}}') ? (
        <input
          className="field"
          value={example}
          aria-label={t('templates.button.example')}
          placeholder={t('templates.button.example')}
          onChange={(event) => onChange({ example: event.target.value })}
        />
      ) : null}
      <button
        type="button"
        className="icon-button"
        aria-label={t('templates.button.remove', { number })}
        onClick={onRemove}
      >
        <Trash2 size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

interface TemplateEditorProps {
  initial: TemplateForm;
  /** Names in use, which WhatsApp would refuse in the same language. */
  taken: readonly { name: string; language: string }[];
  onDone: () => void;
}

/** A new template: written, seen as it will be, and submitted to WhatsApp. */
export function TemplateEditor({ initial, taken, onDone }: TemplateEditorProps) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const bodyBox = useRef<HTMLTextAreaElement>(null);
  const [form, setForm] = useState(initial);
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const change = (part: Partial<TemplateForm>): void => setForm((held) => ({ ...held, ...part }));
  const headerFile = useHeaderFile(draftOfForm(form, false));
  const draft = draftOfForm(form, headerFile.file !== null);
  const problems = checkNewTemplate(draft);
  const isTaken = taken.some(({ name, language }) => name === form.name && language === form.language);
  const of = (...parts: TemplateDraftProblem['part'][]) =>
    problems.filter(({ part }) => parts.includes(part));
  const variables = formVariables(form);
  const exampleValues = {
    header: form.examples,
    body: form.examples,
    buttons: Object.fromEntries(form.buttons.map((button, index) => [String(index), button.example])),
  };

  function insert(variable: string) {
    const box = bodyBox.current;
    const at = box?.selectionStart ?? form.body.length;
    const end = box?.selectionEnd ?? at;
    change({ body: `${form.body.slice(0, at)}{{${variable}}}${form.body.slice(end)}` });
    box?.focus();
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    setIsTried(true);
    if (problems.length > 0 || isTaken || isBusy) return;
    setIsBusy(true);
    const { hasHeaderFile: _hasHeaderFile, ...parts } = draft;
    const reply = await actions.change('template.create', {
      ...parts,
      fileId: headerFile.file?.fileId ?? null,
    });
    setIsBusy(false);
    if (!reply.ok) return;
    actions.toast('templates.submitted', 'info');
    void actions.readTemplates();
    onDone();
  }

  return (
    <form className="editor" onSubmit={(event) => void submit(event)}>
      <div className="editor__parts">
        <Part label={t('templates.name')} problems={of('name')} isTried={isTried}>
          <input
            className="field"
            value={form.name}
            autoFocus
            aria-label={t('templates.name')}
            placeholder="recordatorio_cita"
            onChange={(event) => change({ name: templateName(event.target.value) })}
          />
          {isTaken ? <p className="field__problem">{t('templates.nameTaken')}</p> : null}
        </Part>
        <div className="editor__row">
          <Part label={t('templates.language')} problems={of('language')} isTried={isTried}>
            <select
              className="field"
              value={form.language}
              aria-label={t('templates.language')}
              onChange={(event) => change({ language: event.target.value })}
            >
              {[...new Set([form.language, ...LANGUAGES])].map((code) => (
                <option key={code} value={code}>
                  {languageName(code, locale)}
                </option>
              ))}
            </select>
          </Part>
          <Part label={t('templates.categoryLabel')} problems={[]} isTried={isTried}>
            <select
              className="field"
              value={form.category}
              aria-label={t('templates.categoryLabel')}
              onChange={(event) => change({ category: event.target.value as TemplateForm['category'] })}
            >
              <option value="UTILITY">{t('templates.category.UTILITY')}</option>
              <option value="MARKETING">{t('templates.category.MARKETING')}</option>
            </select>
          </Part>
        </div>
        <Part label={t('templates.header')} problems={of('header')} isTried={isTried}>
          <select
            className="field"
            value={form.header}
            aria-label={t('templates.header')}
            onChange={(event) => change({ header: event.target.value as TemplateForm['header'] })}
          >
            {HEADER_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`templates.headers.${kind}`)}
              </option>
            ))}
          </select>
          {form.header === 'text' ? (
            <input
              className="field"
              value={form.headerText}
              aria-label={t('templates.headerText')}
              placeholder={t('templates.headerText')}
              onChange={(event) => change({ headerText: event.target.value })}
            />
          ) : null}
          {headerFile.kind === null ? null : (
            <HeaderFile
              kind={headerFile.kind}
              file={headerFile.file}
              problem={headerFile.problem}
              label={t('templates.exampleFile')}
              onChoose={headerFile.choose}
              onRemove={headerFile.remove}
            />
          )}
        </Part>
        <Part label={t('templates.body')} problems={of('body')} isTried={isTried}>
          <textarea
            ref={bodyBox}
            className="field"
            rows={6}
            value={form.body}
            aria-label={t('templates.body')}
            spellCheck
            onChange={(event) => change({ body: event.target.value })}
          />
          <div className="saved__variables" role="group" aria-label={t('quickReplies.variables')}>
            <span>{t('quickReplies.variables')}</span>
            {OFFERED.map((each) => (
              <button key={each} type="button" className="chip chip--removable" onClick={() => insert(each)}>
                {`{{${each}}}`}
              </button>
            ))}
          </div>
        </Part>
        {variables.length === 0 ? null : (
          <Part label={t('templates.examples')} problems={[]} isTried={isTried}>
            <p className="fill__nothing">{t('templates.examplesHint')}</p>
            {variables.map((name) => (
              <label key={name} className="editor__example">
                <span>{`{{${name}}}`}</span>
                <input
                  className="field"
                  value={form.examples[name] ?? ''}
                  onChange={(event) => change({ examples: { ...form.examples, [name]: event.target.value } })}
                />
              </label>
            ))}
          </Part>
        )}
        <Part label={t('templates.footer')} problems={of('footer')} isTried={isTried}>
          <input
            className="field"
            value={form.footer}
            aria-label={t('templates.footer')}
            onChange={(event) => change({ footer: event.target.value })}
          />
        </Part>
        <Part label={t('templates.buttons')} problems={of('buttons')} isTried={isTried}>
          {form.buttons.map((button, index) => (
            <ButtonLine
              key={index}
              button={button}
              number={index + 1}
              onChange={(part) =>
                change({
                  buttons: form.buttons.map((each, other) => (other === index ? { ...each, ...part } : each)),
                })
              }
              onRemove={() => change({ buttons: form.buttons.filter((_, other) => other !== index) })}
            />
          ))}
          {form.buttons.length >= 10 ? null : (
            <button
              type="button"
              className="button button--compact editor__add"
              onClick={() =>
                change({
                  buttons: [...form.buttons, { type: 'QUICK_REPLY', text: '', value: '', example: '' }],
                })
              }
            >
              <Plus size={15} aria-hidden="true" />
              {t('templates.button.add')}
            </button>
          )}
        </Part>
      </div>
      <div className="editor__aside">
        <TemplatePreview template={draft} values={exampleValues} file={headerFile.file} />
        {isTried && problems.length > 0 ? (
          <p className="field__problem" role="alert">
            {t('templates.fixFirst')}
          </p>
        ) : null}
        <button
          type="submit"
          className="button button--primary"
          aria-disabled={problems.length > 0 || isTaken || isBusy}
        >
          {t('templates.submit')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('picker.cancel')}
        </button>
        <p className="fill__hint">{t('templates.submitHint')}</p>
      </div>
    </form>
  );
}
