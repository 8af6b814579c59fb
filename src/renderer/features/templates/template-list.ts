import { freeWritingField, readTemplate } from '@recado/protocol';
import type { TemplateView } from '../../../shared/contract/index.ts';
import { fold } from '../../lib/fold.ts';

const STATUSES = [
  'SUBMITTING', 'FAILED', 'PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'PENDING_DELETION',
] as const; // prettier-ignore
export type KnownStatus = (typeof STATUSES)[number] | 'OTHER';

/** Meta's word as far as this app knows it. */
export function knownStatus(status: string): KnownStatus {
  return STATUSES.find((each) => each === status) ?? 'OTHER';
}

/** Why a template cannot be sent: where it stands with Meta, or a part nobody can fill in here. Null when it can. */
export function obstacleOf(template: TemplateView): KnownStatus | 'UNSUPPORTED' | null {
  const status = knownStatus(template.status);
  if (status !== 'APPROVED') return status;
  return readTemplate(template).unsupported.length > 0 ? 'UNSUPPORTED' : null;
}

/** As people read it: `recordatorio_cita` is "Recordatorio cita". */
export function templateTitle(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function holdsAll(template: TemplateView, typed: string): boolean {
  const words = fold(typed).split(/\s+/u).filter(Boolean);
  const held = fold(`${template.name} ${templateTitle(template.name)} ${readTemplate(template).body}`);
  return words.every((word) => held.includes(word));
}

/**
 * In the order people reach for them: those that can be sent, favourites, recently used, those of `language` (a tag such
 * as `es`), those made for writing freely, then by name.
 */
export function arrangeTemplates(
  templates: readonly TemplateView[],
  { typed, language }: { typed: string; language: string },
): TemplateView[] {
  const base = (tag: string) => tag.split(/[-_]/u)[0];
  return templates
    .filter((template) => !template.hidden && holdsAll(template, typed))
    .map((template) => ({
      template,
      isSendable: obstacleOf(template) === null,
      isUnderstood: base(template.language) === base(language),
      isFree: freeWritingField(template) !== null,
    }))
    .sort(
      (a, b) =>
        Number(b.isSendable) - Number(a.isSendable) ||
        Number(b.template.isFavourite) - Number(a.template.isFavourite) ||
        (b.template.lastUsedAt ?? 0) - (a.template.lastUsedAt ?? 0) ||
        Number(b.isUnderstood) - Number(a.isUnderstood) ||
        Number(b.isFree) - Number(a.isFree) ||
        a.template.name.localeCompare(b.template.name, 'es'),
    )
    .map(({ template }) => template);
}
