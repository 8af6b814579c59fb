import { readTemplate, renderTemplate, type TemplateParts, type TemplateValues } from '@recado/protocol';
import { Copy, ExternalLink, FileText, Image, Phone, Reply, Video } from 'lucide-react';
import type { FileView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { WhatsappText } from '../../ui/index.ts';
import { mediaAddress } from '../media/index.ts';

const BUTTON_ICONS: Record<string, typeof Reply> = {
  QUICK_REPLY: Reply,
  URL: ExternalLink,
  PHONE_NUMBER: Phone,
  COPY_CODE: Copy,
};
const HEADER_ICONS = { image: Image, video: Video, document: FileText } as const;

interface TemplatePreviewProps {
  template: TemplateParts;
  values: TemplateValues;
  /** The header's file; null while none has been chosen. */
  file: FileView | null;
}

/** A template as it will stand on the patient's phone. */
export function TemplatePreview({ template, values, file }: TemplatePreviewProps) {
  const { t } = useTranslate();
  const { header } = readTemplate(template);
  const rendered = renderTemplate(template, values);
  const isMedia = header.kind === 'image' || header.kind === 'video' || header.kind === 'document';
  const HeaderIcon = isMedia ? HEADER_ICONS[header.kind] : null;
  return (
    <div className="preview" role="group" aria-label={t('templates.preview')}>
      <div className="preview__bubble">
        {HeaderIcon === null ? null : (
          <div className="preview__media" data-kind={header.kind} data-empty={file === null}>
            {file !== null && header.kind === 'image' ? (
              <img src={mediaAddress(file.fileId)} alt={file.fileName} />
            ) : (
              <>
                <HeaderIcon size={22} aria-hidden="true" />
                {file === null ? null : <span>{file.fileName}</span>}
              </>
            )}
          </div>
        )}
        {rendered.header === null ? null : <p className="preview__header">{rendered.header}</p>}
        <WhatsappText text={rendered.body} />
        {rendered.footer === null ? null : <p className="preview__footer">{rendered.footer}</p>}
      </div>
      {rendered.buttons.map((button, index) => {
        const Icon = BUTTON_ICONS[button.type] ?? Reply;
        return (
          <p key={index} className="preview__button" title={button.url}>
            <Icon size={14} aria-hidden="true" />
            {button.text}
          </p>
        );
      })}
    </div>
  );
}
