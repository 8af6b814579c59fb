import {
  flattenValue,
  freeWritingField,
  readTemplate,
  type TemplateField,
  type TemplateValueProblem,
} from '@recado/protocol';
import { Paperclip, X } from 'lucide-react';
import { useId, useRef } from 'react';
import type { FileView, TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate, type Translate } from '../../i18n/index.ts';
import { FileThumb } from '../media/index.ts';
import { fieldKey, filledOf, type Filling } from './fill-template.ts';

/** What WhatsApp's own file chooser would offer for each kind of header. */
export const ACCEPTED = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4,video/3gpp',
  document: '.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt',
} as const;

/** A problem in words; empty when it is none to speak of yet. */
export function problemWords({ problem, limit }: TemplateValueProblem, t: Translate): string {
  return problem === 'too_long' || problem === 'total_too_long'
    ? t(`templates.problem.${problem}`, { limit: limit ?? 0 })
    : t(`templates.problem.${problem}`);
}

/** What a field is called before a person: its own name as words, or what its button says. */
export function fieldLabel(field: TemplateField, t: Translate): string {
  if (field.part === 'buttons') return t('templates.buttonField', { name: field.label });
  if (/^\d+$/u.test(field.label)) {
    return t(field.part === 'header' ? 'templates.headerField' : 'templates.numberField', {
      number: field.label,
    });
  }
  const words = field.label.replaceAll('_', ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

interface HeaderFileProps {
  kind: 'image' | 'video' | 'document';
  file: FileView | null;
  problem: string | null;
  /** Instead of naming the header's kind. */
  label?: string;
  onChoose: (file: File) => void;
  onRemove: () => void;
}

/** The file of a media header: chosen, dropped or pasted just before sending. */
export function HeaderFile({ kind, file, problem, label, onChoose, onRemove }: HeaderFileProps) {
  const { t } = useTranslate();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <div className="fill__file">
      <p className="fill__label">{label ?? t(`templates.file.${kind}`)}</p>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={ACCEPTED[kind]}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (chosen) onChoose(chosen);
        }}
      />
      {file === null ? (
        <button
          type="button"
          className="fill__drop"
          data-field="file"
          onClick={() => chooser.current?.click()}
        >
          <Paperclip size={17} aria-hidden="true" />
          {t('templates.chooseFile')}
        </button>
      ) : (
        <div className="draft-file">
          <FileThumb fileName={file.fileName} mediaId={file.fileId} kind={file.kind} />
          <p className="draft-file__name">{file.fileName}</p>
          <button
            type="button"
            className="icon-button icon-button--small fill__remove"
            aria-label={t('files.remove', { name: file.fileName })}
            onClick={onRemove}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </div>
      )}
      {problem === null ? null : <p className="field__problem">{problem}</p>}
    </div>
  );
}

interface TemplateFieldsProps {
  template: TemplateView;
  fields: readonly TemplateField[];
  filling: Filling;
  problems: readonly TemplateValueProblem[];
  /** Fields left empty are said only once sending has been tried. */
  isTried: boolean;
  /** Where a value comes from, in words. */
  sourceWords: (source: NonNullable<Filling[string]['source']>) => string;
  onChange: (field: TemplateField, text: string) => void;
}

/** A field for every variable, filled in as far as it is known. */
export function TemplateFields(props: TemplateFieldsProps) {
  const { template, fields, filling, problems, isTried, sourceWords, onChange } = props;
  const { t, number } = useTranslate();
  const id = useId();
  const free = freeWritingField(template);
  const { body } = readTemplate(template);
  const total = problems.find((problem) => problem.part === 'body' && problem.problem === 'total_too_long');
  return (
    <>
      {fields.map((field) => {
        const { text, source } = filledOf(filling, field);
        const isFree = free !== null && field.part === free.part && field.key === free.key;
        const problem = problems.find(
          (each) =>
            each.part === field.part && each.key === field.key && (isTried || each.problem !== 'empty'),
        );
        const flat = isFree ? flattenValue(text) : text;
        const left = field.maxLength - flat.length;
        const inputId = `${id}-${fieldKey(field)}`;
        const common = {
          id: inputId,
          className: 'field',
          value: text,
          'data-field': fieldKey(field),
          'aria-invalid': problem !== undefined,
          'aria-describedby': `${inputId}-note`,
          placeholder: field.example === null ? '' : t('templates.example', { example: field.example }),
        };
        return (
          <div key={fieldKey(field)} className="fill__field">
            <div className="fill__top">
              <label className="fill__label" htmlFor={inputId}>
                {isFree ? t('templates.motivo') : fieldLabel(field, t)}
              </label>
              {source === null ? null : <span className="fill__source">{sourceWords(source)}</span>}
              {isFree ? (
                <span className="fill__left numeric" data-over={left < 0}>
                  {t('templates.left', { left: number(left) })}
                </span>
              ) : null}
            </div>
            {isFree ? (
              <textarea
                {...common}
                rows={5}
                spellCheck
                onChange={(event) => onChange(field, event.target.value)}
              />
            ) : (
              <input {...common} onChange={(event) => onChange(field, event.target.value)} />
            )}
            <div id={`${inputId}-note`}>
              {isFree && flat !== text.trim() && flat !== '' ? (
                <p className="fill__flat">
                  {t('templates.flattened')} <span>{flat}</span>
                </p>
              ) : null}
              {problem === undefined ? null : <p className="field__problem">{problemWords(problem, t)}</p>}
            </div>
          </div>
        );
      })}
      {total === undefined || body === '' ? null : (
        <p className="field__problem" role="alert">
          {problemWords(total, t)}
        </p>
      )}
    </>
  );
}
