import type { Template } from '@recado/protocol';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { createGraphHttp, type GraphRefusal } from '../whatsapp/graph-http.ts';

/** One template as Meta lists it; unknown words and parts pass through. */
const Listed = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string().min(1),
  language: z.string().min(1),
  status: z.string(),
  category: z.string(),
  components: z.array(z.looseObject({ type: z.string() })).default([]),
  parameter_format: z.string().nullish(),
  quality_score: z.object({ score: z.string().nullish() }).nullish().catch(null),
  rejected_reason: z.string().nullish(),
});
const Page = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({
      cursors: z.object({ after: z.string().optional() }).optional(),
      next: z.string().optional(),
    })
    .optional(),
});
const Created = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  status: z.string().default('PENDING'),
  category: z.string().optional(),
});
const Session = z.object({ id: z.string().min(1) });
const Handle = z.object({ h: z.string().min(1) });

const FIELDS = 'id,name,language,status,category,components,parameter_format,quality_score,rejected_reason';
const PAGE_LIMIT = 100;
/** More than any account may have. */
const MOST_PAGES = 100;

/** A template as Meta has it. */
export interface MetaTemplate {
  graphId: string;
  name: string;
  language: string;
  status: string;
  category: string;
  components: Template['components'];
  parameterFormat: string;
  quality: string;
  rejectionReason: string | null;
}

/** What was asked for, or why there is nothing. */
export type TemplateResult<Found> = ({ outcome: 'done' } & Found) | GraphRefusal;
const UNREADABLE: GraphRefusal = { outcome: 'unknown', code: 'unreadable_answer' };

function readListed(input: unknown): MetaTemplate[] {
  const listed = Listed.safeParse(input);
  if (!listed.success) return [];
  const {
    id,
    rejected_reason: reason,
    parameter_format: format,
    quality_score: quality,
    ...rest
  } = listed.data;
  return [
    {
      ...rest,
      graphId: id,
      parameterFormat: format ?? 'POSITIONAL',
      quality: quality?.score ?? 'UNKNOWN',
      // Meta's word for no reason at all.
      rejectionReason: reason && reason !== 'NONE' ? reason : null,
    },
  ];
}

/** Which of the clinic's business accounts is asked. */
export interface TemplateAccount {
  wabaId: string;
  accessToken: string;
}

/**
 * Meta's templates of a business account.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
 */
export function createGraphTemplates(settings: { graphUrl: string; sendTimeoutMs: number }) {
  const callGraph = createGraphHttp(settings);

  async function list(
    { wabaId, accessToken }: TemplateAccount,
    filter: Record<string, string> = {},
  ): Promise<TemplateResult<{ templates: MetaTemplate[] }>> {
    const templates: MetaTemplate[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await callGraph({
        accessToken,
        method: 'GET',
        path: `${wabaId}/message_templates`,
        query: { fields: FIELDS, limit: String(PAGE_LIMIT), ...filter, ...(after ? { after } : {}) },
      });
      if (answer.outcome !== 'answered') return answer;
      const read = Page.safeParse(answer.body);
      if (!read.success) return UNREADABLE;
      templates.push(...read.data.data.flatMap(readListed));
      after = read.data.paging?.cursors?.after;
      if (read.data.paging?.next === undefined || after === undefined) return { outcome: 'done', templates };
    }
    return UNREADABLE;
  }

  return {
    /** All of them, page by page. */
    list,

    /** Asks Meta to review a template. */
    async create(
      { wabaId, accessToken }: TemplateAccount,
      template: Pick<Template, 'name' | 'language' | 'category' | 'components' | 'parameterFormat'>,
    ): Promise<TemplateResult<z.infer<typeof Created>>> {
      const { name, language, category, components, parameterFormat } = template;
      const answer = await callGraph({
        accessToken,
        path: `${wabaId}/message_templates`,
        json: { name, language, category, parameter_format: parameterFormat, components },
      });
      if (answer.outcome !== 'answered') return answer;
      const created = Created.safeParse(answer.body);
      return created.success ? { outcome: 'done', ...created.data } : UNREADABLE;
    },

    /** In one language: without `hsm_id` Meta would delete all of them. */
    async remove(
      { wabaId, accessToken }: TemplateAccount,
      template: { name: string; graphId: string },
    ): Promise<TemplateResult<object>> {
      const answer = await callGraph({
        accessToken,
        method: 'DELETE',
        path: `${wabaId}/message_templates`,
        query: { name: template.name, hsm_id: template.graphId },
      });
      return answer.outcome === 'answered' ? { outcome: 'done' } : answer;
    },

    /**
     * Shows Meta an example of a media header; answers the handle a new template names it by.
     * https://developers.facebook.com/docs/graph-api/guides/upload
     */
    async uploadExample(
      { accessToken }: TemplateAccount,
      file: { mimeType: string; fileName: string; sizeBytes: number; bytes: () => Readable },
    ): Promise<TemplateResult<{ handle: string }>> {
      const begun = await callGraph({
        accessToken,
        path: 'app/uploads',
        query: {
          file_name: file.fileName,
          file_length: String(file.sizeBytes),
          file_type: file.mimeType.split(';')[0] ?? file.mimeType,
        },
      });
      if (begun.outcome !== 'answered') return begun;
      const session = Session.safeParse(begun.body);
      if (!session.success) return UNREADABLE;
      const answer = await callGraph({
        accessToken,
        path: session.data.id,
        bytes: {
          content: file.bytes(),
          // This one place wants another word in front of the token.
          headers: {
            authorization: `OAuth ${accessToken}`,
            file_offset: '0',
            'content-type': 'application/octet-stream',
            'content-length': String(file.sizeBytes),
          },
        },
        timeoutMs: 120_000,
      });
      if (answer.outcome !== 'answered') return answer;
      const handle = Handle.safeParse(answer.body);
      return handle.success ? { outcome: 'done', handle: handle.data.h } : UNREADABLE;
    },
  };
}
export type GraphTemplates = ReturnType<typeof createGraphTemplates>;
