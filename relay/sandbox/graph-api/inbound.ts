import { z } from 'zod';
import { SAMPLES } from '../media/samples.ts';
import type { WhatsappUser } from './directory.ts';
import type { MediaStore } from './media.ts';
import type { RateLimits } from './rate-limits.ts';
import { contactOf, messagesChange, webhookTime } from './webhook-body.ts';
import type { WebhookDelivery, WebhookSender } from './webhook-delivery.ts';
import { newWamid, type World } from './world.ts';

const common = {
  /** Phone with or without plus, or business-scoped user id. */
  from: z.string().min(1),
  /** WhatsApp profile name, when the person is not known yet. */
  name: z.string().optional(),
  /** The clinic's phone_number_id; the first one when absent. */
  numberId: z.string().optional(),
  /** When the person sent it, epoch milliseconds; now when absent. */
  sentAt: z.number().optional(),
  /** A wamid to use instead of a fresh one. */
  id: z.string().optional(),
};

/** What a simulated person writes: words, or any message fragment in Meta's own shape with its `type`. */
export const PatientMessage = z.object({
  ...common,
  text: z.string().optional(),
  message: z.looseObject({ type: z.string() }).optional(),
  /** A file of the sandbox's own; see `sandbox/media/samples.ts`. */
  sample: z.enum(Object.keys(SAMPLES) as [keyof typeof SAMPLES, ...(keyof typeof SAMPLES)[]]).optional(),
  /** Goes with `sample`. */
  caption: z.string().optional(),
  media: z
    .object({
      kind: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
      mimeType: z.string(),
      base64: z.string(),
      fileName: z.string().optional(),
      caption: z.string().optional(),
      voice: z.boolean().optional(),
    })
    .optional(),
  /** Wamid this one answers. */
  replyTo: z.string().optional(),
});
export type PatientMessage = z.input<typeof PatientMessage>;

export const PatientReaction = z.object({
  ...common,
  to: z.string(),
  /** Empty takes the reaction back. */
  emoji: z.string(),
});
export type PatientReaction = z.input<typeof PatientReaction>;

/** What came of something a patient did: the wamid, and what the relay answered at the first attempt. */
export interface PatientAction extends WebhookDelivery {
  id: string;
}

export interface Inbound {
  write(input: PatientMessage): Promise<PatientAction>;
  react(input: PatientReaction): Promise<PatientAction>;
}

/** Patients' side of the sandbox: what they do becomes a signed webhook. */
export function createInbound(parts: {
  world: World;
  media: MediaStore;
  limits: RateLimits;
  webhooks: WebhookSender;
}): Inbound {
  const { world, media, limits, webhooks } = parts;

  const person = (from: string, name: string | undefined): WhatsappUser => {
    const held = world.directory.find(from);
    if (held) return held;
    const user = world.directory.resolve(from);
    return world.directory.register({ ...user, onWhatsapp: true, name: name ?? null });
  };

  const deliver = async (
    input: z.infer<z.ZodObject<typeof common>>,
    opensWindow: boolean,
    fragment: (number: { id: string; phone: string }) => Record<string, unknown> & { type: string },
    text: string | null,
  ): Promise<PatientAction> => {
    const number = world.numbers.get(input.numberId ?? [...world.numbers.keys()][0] ?? '');
    if (!number) throw new Error('the sandbox has no such business number');
    const user = person(input.from, input.name);
    const sentAt = input.sentAt ?? world.clock();
    const id = input.id ?? newWamid();
    if (opensWindow) world.noteInbound(number.id, user, sentAt);
    limits.countInbound(number.id, world.clock());
    world.remember({ id, numberId: number.id, user, direction: 'in', body: null, text });
    const delivery = await webhooks.send([
      messagesChange(number, {
        contacts: [contactOf(user)],
        messages: [
          {
            ...(user.phone === null ? {} : { from: user.phone.slice(1) }),
            from_user_id: user.userId,
            id,
            timestamp: webhookTime(sentAt),
            ...fragment(number),
          },
        ],
      }),
    ]);
    return { id, ...delivery };
  };

  return {
    async write(raw) {
      const input = PatientMessage.parse(raw);
      return deliver(
        input,
        true,
        (number) => ({
          ...(input.replyTo === undefined
            ? {}
            : { context: { from: number.phone.slice(1), id: input.replyTo } }),
          ...(input.message ??
            mediaFragment(media, number.id, input.media ?? sampleInput(input)) ??
            textFragment(input.text ?? '')),
        }),
        input.text ?? null,
      );
    },
    async react(raw) {
      const input = PatientReaction.parse(raw);
      // The documentation does not say whether a reaction opens the window; the strict reading is the safe one.
      return deliver(
        input,
        false,
        () => ({
          type: 'reaction',
          reaction: { message_id: input.to, ...(input.emoji === '' ? {} : { emoji: input.emoji }) },
        }),
        null,
      );
    },
  };
}

function sampleInput({
  sample,
  caption,
}: z.infer<typeof PatientMessage>): z.infer<typeof PatientMessage>['media'] {
  if (sample === undefined) return undefined;
  const { kind, mimeType, bytes, fileName, voice } = SAMPLES[sample];
  return {
    kind,
    mimeType,
    base64: bytes.toString('base64'),
    voice,
    ...(kind === 'document' ? { fileName } : {}),
    ...(caption === undefined ? {} : { caption }),
  };
}

function textFragment(body: string) {
  return { type: 'text', text: { body } };
}

function mediaFragment(
  store: MediaStore,
  numberId: string,
  input: z.infer<typeof PatientMessage>['media'],
): (Record<string, unknown> & { type: string }) | null {
  if (!input) return null;
  const file = store.receive(numberId, {
    bytes: Buffer.from(input.base64, 'base64'),
    mimeType: input.mimeType,
  });
  return {
    type: input.kind,
    [input.kind]: {
      ...(input.caption === undefined ? {} : { caption: input.caption }),
      ...(input.fileName === undefined ? {} : { filename: input.fileName }),
      mime_type: input.mimeType,
      ...file,
      ...(input.kind === 'audio' ? { voice: input.voice ?? false } : {}),
      ...(input.kind === 'sticker' ? { animated: false } : {}),
    },
  };
}
