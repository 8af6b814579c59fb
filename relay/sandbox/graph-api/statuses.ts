import { z } from 'zod';
import { statusError } from './errors.ts';
import type { Scheduler } from './scheduler.ts';
import type { WebhookDelivery, WebhookSender } from './webhook-delivery.ts';
import { contactOf, messagesChange, webhookTime } from './webhook-body.ts';
import type { SandboxMessage, World } from './world.ts';

export const DeliveryStatus = z.enum(['sent', 'delivered', 'read', 'played', 'failed']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** What happens to an accepted message: which statuses go out, in this order, each this long after the one before. */
export const StatusPlan = z.object({
  steps: z.array(
    z.object({
      status: DeliveryStatus,
      afterMs: z.number().nonnegative(),
      code: z.number().int().optional(),
    }),
  ),
  /** How often each status is sent: 2 sends every one twice. */
  copies: z.number().int().positive().default(1),
  /** Statuses go out before the send call is answered, as happens at Meta. */
  beforeAnswer: z.boolean().default(false),
});
export type StatusPlan = z.input<typeof StatusPlan>;

/** Sent, delivered and read, one after the other without delay. */
export const DEFAULT_STATUS_PLAN: StatusPlan = {
  steps: [
    { status: 'sent', afterMs: 0 },
    { status: 'delivered', afterMs: 0 },
    { status: 'read', afterMs: 0 },
  ],
};

export interface Statuses {
  /** Posts one status of a message now. */
  emit(message: SandboxMessage, status: DeliveryStatus, code?: number): Promise<WebhookDelivery>;
  /** Runs a plan; resolves when its last step is out. */
  run(message: SandboxMessage, plan: StatusPlan): Promise<void>;
}

function statusValue(world: World, message: SandboxMessage, status: DeliveryStatus, code?: number) {
  const { user, body } = message;
  const template = body?.type === 'template' ? body.template.name : null;
  const category =
    template === null
      ? 'service'
      : (world.templates
          .get(world.numbers.get(message.numberId)?.wabaId ?? '')
          ?.find((candidate) => candidate.name === template)
          ?.category.toLowerCase() ?? 'utility');
  const callbackData = body?.biz_opaque_callback_data;
  const sentToUserId = body?.to === undefined;
  return {
    id: message.id,
    status,
    timestamp: webhookTime(world.clock()),
    ...(user.phone === null ? {} : { recipient_id: user.phone.slice(1) }),
    ...(status === 'failed' && !sentToUserId ? {} : { recipient_user_id: user.userId }),
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
    ...(status === 'sent' || status === 'delivered'
      ? { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category } }
      : {}),
    ...(status === 'failed'
      ? { errors: [statusError(code ?? 131026, 'Message undeliverable in the sandbox.')] }
      : {}),
  };
}

/** Status webhooks of accepted messages. */
export function createStatuses(world: World, webhooks: WebhookSender, scheduler: Scheduler): Statuses {
  const emit: Statuses['emit'] = (message, status, code) => {
    const number = world.numbers.get(message.numberId);
    if (!number) return Promise.resolve({ http: null, eventId: null });
    const contact = contactOf(message.user);
    if (status === 'sent') delete contact.profile.username;
    return webhooks.send([
      messagesChange(number, {
        ...(status === 'failed' ? {} : { contacts: [contact] }),
        statuses: [statusValue(world, message, status, code)],
      }),
    ]);
  };

  const run: Statuses['run'] = (message, plan) =>
    plan.steps.reduce<Promise<void>>(
      (before, step) =>
        before.then(
          () =>
            new Promise((resolve, reject) => {
              scheduler.after(step.afterMs, async () => {
                try {
                  for (let copy = 0; copy < (plan.copies ?? 1); copy += 1)
                    await emit(message, step.status, step.code);
                  resolve();
                } catch (error) {
                  reject(error instanceof Error ? error : new Error('status webhook failed'));
                }
              });
            }),
        ),
      Promise.resolve(),
    );

  return { emit, run };
}
