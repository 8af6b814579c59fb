import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { graphFailure, type GraphFailure } from './errors.ts';
import { schemaFailure } from './request-schemas.ts';
import type { Scheduler } from './scheduler.ts';
import { createTemplateSchema, variablesOf, type GraphTemplate } from './templates.ts';
import type { WebhookDelivery, WebhookSender } from './webhook-delivery.ts';
import type { World } from './world.ts';

/** When and how templates are reviewed; `afterMs: null` leaves them until somebody asks. */
export const ReviewPlan = z.object({
  afterMs: z.number().nonnegative().nullable(),
  decision: z.enum(['APPROVED', 'REJECTED']).default('APPROVED'),
  reason: z.string().default('INCORRECT_CATEGORY'),
});
export type ReviewPlan = z.input<typeof ReviewPlan>;

/** A decision of Meta's about a template, told by webhook: its status, its quality or its category. */
export const TemplateReview = z.object({
  name: z.string(),
  language: z.string().default('es'),
  status: z
    .enum(['APPROVED', 'REJECTED', 'PAUSED', 'DISABLED', 'PENDING', 'FLAGGED', 'REINSTATED', 'DELETED'])
    .optional(),
  reason: z.string().optional(),
  quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).optional(),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']).optional(),
});
export type TemplateReview = z.input<typeof TemplateReview>;

/** Meta's desk for templates: takes them, reviews them, forgets them. */
export interface TemplateOffice {
  submit(
    wabaId: string,
    body: unknown,
  ): { id: string; status: string; category: string } | { failure: GraphFailure };
  remove(wabaId: string, query: Record<string, string>): GraphFailure | null;
  /** Resumable upload of a header's example. https://developers.facebook.com/docs/graph-api/guides/upload */
  beginUpload(query: Record<string, string>): { id: string } | { failure: GraphFailure };
  upload(session: string, bytes: Buffer, offset: string): { h: string } | { failure: GraphFailure };
  review(review: TemplateReview): Promise<WebhookDelivery>;
  planReviews(plan: ReviewPlan): void;
}

const EXAMPLE_TYPES = /^(image\/(jpeg|png)|video\/mp4|application\/pdf)$/;
const SESSIONS_KEPT = 200;

export function createTemplateOffice(parts: {
  world: World;
  webhooks: WebhookSender;
  scheduler: Scheduler;
  plan: ReviewPlan;
}): TemplateOffice {
  const { world, webhooks, scheduler } = parts;
  let plan = ReviewPlan.parse(parts.plan);
  const sessions = new Map<string, number>();
  const handles = new Set<string>();
  const templatesOf = (wabaId: string) => world.templates.get(wabaId) ?? [];

  function find(name: string, language: string): { wabaId: string; template: GraphTemplate } {
    for (const [wabaId, templates] of world.templates) {
      const template = templates.find((each) => each.name === name && each.language === language);
      if (template) return { wabaId, template };
    }
    throw new Error('the sandbox knows no such template');
  }

  /** What the documentation does not allow about a new template, beside its shape. */
  function flawOf(template: z.infer<typeof createTemplateSchema>): GraphFailure | null {
    const body = template.components.find((component) => component.type === 'BODY')?.text ?? '';
    if (/^\s*\{\{|\}\}\s*$/.test(body)) {
      return graphFailure(100, 'Variables cannot be at the start or end of the template.', {
        subcode: 2388299,
      });
    }
    if (/\}\}\s*\{\{/.test(body)) {
      return graphFailure(100, 'Variables cannot be next to each other.', { subcode: 2388293 });
    }
    for (const component of template.components) {
      if (component.type === 'HEADER' && component.format !== 'TEXT' && component.format !== 'LOCATION') {
        const handle = component.example?.header_handle?.[0];
        if (handle === undefined || !handles.has(handle)) {
          return graphFailure(100, 'The header needs an example that was uploaded before.', {
            subcode: 2388273,
          });
        }
      }
      if (component.type !== 'BODY' || variablesOf(component.text).length === 0) continue;
      const { body_text: positional, body_text_named_params: named } = component.example ?? {};
      const given = template.parameter_format === 'NAMED' ? named?.length : positional?.[0]?.length;
      if (given !== variablesOf(component.text).length) {
        return graphFailure(100, 'Every variable of the body needs an example.', { subcode: 2388043 });
      }
    }
    return null;
  }

  async function review(raw: TemplateReview): Promise<WebhookDelivery> {
    const { name, language, status, reason, quality, category } = TemplateReview.parse(raw);
    const { wabaId, template } = find(name, language);
    const named = {
      message_template_id: Number(template.id),
      message_template_name: name,
      message_template_language: language,
    };
    const changes: { wabaId: string; field: string; value: Record<string, unknown> }[] = [];
    if (status !== undefined) {
      if (status === 'REINSTATED') template.status = 'APPROVED';
      else if (status !== 'FLAGGED') template.status = status;
      template.rejected_reason = status === 'REJECTED' ? (reason ?? 'INCORRECT_CATEGORY') : 'NONE';
      changes.push({
        wabaId,
        field: 'message_template_status_update',
        value: {
          event: status,
          ...named,
          reason: status === 'REJECTED' ? (reason ?? 'INCORRECT_CATEGORY') : 'NONE',
          message_template_category: template.category,
          ...(status === 'PAUSED'
            ? { other_info: { title: 'FIRST_PAUSE', description: reason ?? 'Paused for low quality.' } }
            : {}),
        },
      });
      if (status === 'DELETED') {
        world.templates.set(
          wabaId,
          templatesOf(wabaId).filter((each) => each !== template),
        );
      }
    }
    if (quality !== undefined) {
      changes.push({
        wabaId,
        field: 'message_template_quality_update',
        value: {
          previous_quality_score: template.quality_score?.score ?? 'UNKNOWN',
          new_quality_score: quality,
          ...named,
        },
      });
      template.quality_score = { score: quality };
    }
    if (category !== undefined) {
      changes.push({
        wabaId,
        field: 'template_category_update',
        value: { ...named, previous_category: template.category, new_category: category },
      });
      template.category = category;
    }
    return webhooks.send(changes);
  }

  return {
    submit(wabaId, body) {
      const parsed = createTemplateSchema.safeParse(body);
      if (!parsed.success) return { failure: schemaFailure(parsed.error, body) };
      const { name, language } = parsed.data;
      if (templatesOf(wabaId).some((each) => each.name === name && each.language === language)) {
        const subcode = 2388024;
        return { failure: graphFailure(100, 'Content in this language already exists.', { subcode }) };
      }
      const flaw = flawOf(parsed.data);
      if (flaw) return { failure: flaw };
      const template: GraphTemplate = {
        ...parsed.data,
        components: parsed.data.components as GraphTemplate['components'],
        id: String(randomInt(6e14, 7e14)),
        status: 'PENDING',
        quality_score: { score: 'UNKNOWN' },
        rejected_reason: 'NONE',
      };
      world.templates.set(wabaId, [...templatesOf(wabaId), template]);
      const { afterMs, decision, reason } = plan;
      if (afterMs !== null) {
        scheduler.after(afterMs, async () => {
          // It may have been deleted meanwhile.
          if (!templatesOf(wabaId).includes(template)) return;
          await review({ name, language, status: decision, ...(decision === 'REJECTED' ? { reason } : {}) });
        });
      }
      return { id: template.id, status: template.status, category: template.category };
    },
    remove(wabaId, { name, hsm_id: id }) {
      const gone = templatesOf(wabaId).filter(
        (each) => each.name === name && (id === undefined || each.id === id),
      );
      if (gone.length === 0) return graphFailure(100, 'There is no such template.', { subcode: 2593002 });
      world.templates.set(
        wabaId,
        templatesOf(wabaId).filter((each) => !gone.includes(each)),
      );
      return null;
    },
    beginUpload({ file_length: length, file_type: type }) {
      if (!/^[1-9]\d*$/.test(length ?? '') || !EXAMPLE_TYPES.test(type ?? '')) {
        return { failure: graphFailure(100, 'file_length and file_type are required.') };
      }
      const id = `upload:${randomBytes(24).toString('base64url')}`;
      sessions.set(id, Number(length));
      for (const oldest of sessions.keys()) if (sessions.size > SESSIONS_KEPT) sessions.delete(oldest);
      return { id };
    },
    upload(session, bytes, offset) {
      if (offset !== '0' || sessions.get(session) !== bytes.length) {
        return { failure: graphFailure(100, 'No such upload, or not of that length.') };
      }
      const h = `4::${randomBytes(24).toString('base64url')}`;
      handles.add(h);
      return { h };
    },
    review,
    planReviews(next) {
      plan = ReviewPlan.parse(next);
    },
  };
}
