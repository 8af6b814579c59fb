import { readTemplate } from '@recado/protocol';
import { CopyPlus, Eye, EyeOff, LayoutTemplate, PenLine, Plus, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { plainText } from '../../lib/whatsapp-text.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { Chip, Empty } from '../../ui/index.ts';
import { languageName } from './language-name.ts';
import { TemplateEditor } from './TemplateEditor.tsx';
import { emptyForm, formOfTemplate, freeName, freeWritingForm, type TemplateForm } from './template-form.ts';
import { knownStatus, templateTitle, type KnownStatus } from './template-list.ts';
import './templates.css';

const TONES: Partial<Record<KnownStatus, 'ok' | 'warn' | 'danger'>> = {
  APPROVED: 'ok',
  SUBMITTING: 'warn',
  PENDING: 'warn',
  IN_APPEAL: 'warn',
  PAUSED: 'warn',
  FAILED: 'danger',
  REJECTED: 'danger',
  DISABLED: 'danger',
};
const QUALITIES = ['GREEN', 'YELLOW', 'RED'] as const;
/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update */
const REASONS = ['ABUSIVE_CONTENT', 'INVALID_FORMAT', 'PROMOTIONAL', 'TAG_CONTENT_MISMATCH', 'SCAM'] as const;

function Line({
  template,
  canChange,
  onCopy,
}: {
  template: TemplateView;
  canChange: boolean;
  onCopy: () => void;
}) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const [isRemoving, setIsRemoving] = useState(false);
  const status = knownStatus(template.status);
  const tone = TONES[status];
  const quality = QUALITIES.find((each) => each === template.quality);
  const reason = REASONS.find((each) => each === template.rejectionReason);
  const category = template.category === 'MARKETING' ? 'MARKETING' : 'UTILITY';
  const name = templateTitle(template.name);
  const Hide = template.hidden ? Eye : EyeOff;
  const hide = t(template.hidden ? 'templates.show' : 'templates.hide', { name });
  async function change(part: 'hide' | 'delete') {
    if (part === 'hide')
      await actions.change('template.hide', { templateId: template.id, hidden: !template.hidden });
    else await actions.change('template.delete', { templateId: template.id });
    void actions.readTemplates();
  }
  return (
    <li className="managed" data-hidden={template.hidden}>
      <div className="managed__words">
        <p className="managed__name">
          {name}
          <Chip {...(tone ? { tone } : {})}>{t(`templates.status.${status}`)}</Chip>
          {template.hidden ? <Chip>{t('templates.hidden')}</Chip> : null}
        </p>
        <p className="managed__facts">
          {[
            t(`templates.category.${category}`),
            languageName(template.language, locale),
            ...(quality === undefined ? [] : [t(`templates.quality.${quality}`)]),
          ].join(' · ')}
        </p>
        <p className="managed__body">{plainText(readTemplate(template).body)}</p>
        {template.rejectionReason === null || template.rejectionReason === 'NONE' ? null : (
          <p className="managed__reason">
            {reason === undefined
              ? t('templates.reason.other', { reason: template.rejectionReason })
              : t(`templates.reason.${reason}`)}
          </p>
        )}
      </div>
      {!canChange ? null : isRemoving ? (
        <div className="managed__buttons">
          <p className="managed__loss">{t('templates.removeText')}</p>
          <button
            type="button"
            className="button button--compact button--danger"
            autoFocus
            onClick={() => void change('delete')}
          >
            {t('templates.remove')}
          </button>
          <button type="button" className="button button--compact" onClick={() => setIsRemoving(false)}>
            {t('picker.cancel')}
          </button>
        </div>
      ) : (
        <div className="managed__buttons">
          <button
            type="button"
            className="icon-button"
            aria-label={t('templates.copyOf', { name })}
            title={t('templates.copy')}
            onClick={onCopy}
          >
            <CopyPlus size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={hide}
            title={hide}
            onClick={() => void change('hide')}
          >
            <Hide size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t('templates.removeOf', { name })}
            title={t('templates.remove')}
            onClick={() => setIsRemoving(true)}
          >
            <Trash2 size={16} aria-hidden="true" />
          </button>
        </div>
      )}
    </li>
  );
}

/** The clinic's templates: where each stands with WhatsApp, new ones, copies, hiding, deleting. */
export function TemplateSettings() {
  const { t } = useTranslate();
  const actions = useActions();
  const templates = useAppState((state) => state.answering.templates);
  const canChange = useAppState(
    (state) => state.directory?.agents.some((agent) => agent.isMe && agent.role === 'admin') ?? false,
  );
  const [editing, setEditing] = useState<TemplateForm | null>(null);
  useEffect(() => void actions.readTemplates(), [actions]);
  if (templates === null) return null;
  const names = templates.map(({ name }) => name);
  const hasFreeWriting = names.includes(freeWritingForm.name);
  if (editing !== null) {
    return <TemplateEditor initial={editing} taken={templates} onDone={() => setEditing(null)} />;
  }
  return (
    <section className="template-settings" aria-label={t('templates.manage')}>
      <p className="saved__intro">{t(canChange ? 'templates.manageText' : 'templates.manageOnlyAdmin')}</p>
      {canChange ? (
        <div className="template-settings__new">
          <button type="button" className="button button--primary" onClick={() => setEditing(emptyForm)}>
            <Plus size={16} aria-hidden="true" />
            {t('templates.new')}
          </button>
          <button
            type="button"
            className="button"
            onClick={() =>
              setEditing(
                hasFreeWriting
                  ? { ...freeWritingForm, name: freeName(freeWritingForm.name, names) }
                  : freeWritingForm,
              )
            }
          >
            <PenLine size={16} aria-hidden="true" />
            {t('templates.newFreeWriting')}
          </button>
        </div>
      ) : null}
      {templates.length === 0 ? (
        <Empty
          icon={<LayoutTemplate size={24} />}
          title={t('templates.noneTitle')}
          text={t('templates.manageNone')}
        />
      ) : null}
      <ul>
        {templates
          .toSorted((a, b) => a.name.localeCompare(b.name, 'es'))
          .map((template) => (
            <Line
              key={template.id}
              template={template}
              canChange={canChange}
              onCopy={() => setEditing({ ...formOfTemplate(template), name: freeName(template.name, names) })}
            />
          ))}
      </ul>
    </section>
  );
}
