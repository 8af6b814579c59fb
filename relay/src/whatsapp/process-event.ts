import { toTimestamp, type Id } from '@recado/protocol';
import type { Clock } from '../clock.ts';
import { enterClinic, type Client, type Database } from '../db/database.ts';
import { isAboutTheData } from '../db/errors.ts';
import { lockClinic } from '../feed/writer.ts';
import type { DeliverJob, MediaFetchJob, ReadReceiptJob } from '../jobs/jobs.ts';
import { describeError, type Logger } from '../logger.ts';
import { errorRuleOf } from './graph-errors.ts';
import { applyItem, effectWithoutClinic } from './apply/apply-item.ts';
import type { Effect } from './apply/effects.ts';
import type { InboundItem, Route } from './inbound/items.ts';
import { parseWebhook } from './inbound/parse-webhook.ts';
import { adoptNumber, clinicOf } from './routing.ts';

export interface ProcessEventDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  unknownNumbers: 'quarantine' | 'adopt';
  enqueueDelivery(client: Client, job: DeliverJob): Promise<void>;
  enqueueReadReceipt(client: Client, job: ReadReceiptJob): Promise<void>;
  enqueueMediaFetch(client: Client, job: MediaFetchJob): Promise<void>;
}

/** A webhook that keeps failing is set aside after this many tries, so that it cannot hold up others for ever. */
export const MAX_ATTEMPTS = 5;

const routeKey = ({ phoneNumberId, wabaId }: Route) => JSON.stringify([phoneNumberId, wabaId]);

/** Which clinic each item is for; locks those clinics in one order, so that no two webhooks wait for each other. */
async function routeItems(
  client: Client,
  items: InboundItem[],
  deps: ProcessEventDeps,
): Promise<Map<string, Id | null>> {
  const clinics = new Map<string, Id | null>();
  for (const item of items) {
    if (effectWithoutClinic(item) || clinics.has(routeKey(item.route))) continue;
    clinics.set(routeKey(item.route), await clinicOf(client, item.route));
  }
  for (const clinicId of [...new Set(clinics.values())].filter((id) => id !== null).sort()) {
    await client.query(enterClinic(clinicId));
    await lockClinic(client, clinicId);
  }
  if (deps.unknownNumbers === 'adopt') {
    for (const { route } of items) {
      if (clinics.get(routeKey(route)) === null) {
        clinics.set(routeKey(route), await adoptNumber(client, route, deps.clock.now()));
      }
    }
  }
  return clinics;
}

/** One item in its own savepoint: what goes wrong with it leaves its siblings alone. */
async function applySafely(
  client: Client,
  item: InboundItem,
  clinicId: Id,
  eventId: string,
  deps: ProcessEventDeps,
): Promise<Effect> {
  await client.query(`${enterClinic(clinicId)}; savepoint item`);
  try {
    const effect = await applyItem(
      {
        client,
        clinicId,
        numberId: item.route.phoneNumberId ?? '',
        now: deps.clock.now(),
        enqueueDelivery: deps.enqueueDelivery,
        enqueueReadReceipt: deps.enqueueReadReceipt,
        enqueueMediaFetch: deps.enqueueMediaFetch,
      },
      item,
    );
    await client.query('release savepoint item');
    return effect;
  } catch (error) {
    if (!isAboutTheData(error)) throw error;
    await client.query('rollback to savepoint item');
    deps.logger.error('webhook item could not be applied', {
      webhookEventId: eventId,
      clinicId,
      ...describeError(error),
    });
    return { kind: 'quarantined', reason: 'could_not_be_applied' };
  }
}

async function effectsOf(
  client: Client,
  items: InboundItem[],
  eventId: string,
  deps: ProcessEventDeps,
): Promise<{ effects: Effect[]; clinicIds: Set<Id> }> {
  const clinics = await routeItems(client, items, deps);
  const effects: Effect[] = [];
  const clinicIds = new Set<Id>();
  for (const item of items) {
    const clinicId = clinics.get(routeKey(item.route)) ?? null;
    const plain = effectWithoutClinic(item);
    if (plain) effects.push(plain);
    else if (clinicId === null) effects.push({ kind: 'quarantined', reason: 'unknown_number' });
    else {
      clinicIds.add(clinicId);
      const effect = await applySafely(client, item, clinicId, eventId, deps);
      effects.push(effect);
      if (effect.kind === 'status' && effect.code !== undefined && errorRuleOf(effect.code).alert) {
        deps.logger.error('whatsapp needs an administrator', { clinicId, code: effect.code });
      }
      if (item.type === 'notice') {
        deps.logger.warn('whatsapp reports', { clinicId, code: item.code ?? item.event });
      }
    }
  }
  return { effects, clinicIds };
}

/**
 * Lets a stored webhook take effect: all of it and the record of it in one transaction, so that a crash leaves either
 * everything or nothing. Returns the clinics with changes; null when it was done already or another process has it.
 */
export async function processEvent(deps: ProcessEventDeps, eventId: string): Promise<Set<Id> | null> {
  const started = performance.now();
  const result = await deps.database.asSystem(async (client) => {
    const { rows } = await client.query<{ body: Buffer }>(
      `select body from webhook_events where id = $1 and state = 'received' for update skip locked`,
      [eventId],
    );
    const event = rows[0];
    if (!event) return null;
    const { effects, clinicIds } = await effectsOf(client, parseWebhook(event.body), eventId, deps);
    const quarantined = effects.find((effect) => effect.kind === 'quarantined');
    await client.query(
      `update webhook_events set state = $2, effects = $3, reason = $4, processed_at = $5,
         clinic_id = coalesce(clinic_id, $6)
       where id = $1`,
      [
        eventId,
        quarantined ? 'quarantined' : 'processed',
        JSON.stringify(effects),
        quarantined?.reason ?? null,
        toTimestamp(deps.clock.now()),
        [...clinicIds][0] ?? null,
      ],
    );
    return { count: effects.length, status: quarantined ? 'quarantined' : 'processed', clinicIds };
  });
  if (!result) return null;
  deps.logger.info('webhook processed', {
    webhookEventId: eventId,
    count: result.count,
    status: result.status,
    durationMs: Math.round(performance.now() - started),
  });
  return result.clinicIds;
}

/** Counts a failed try; after the last one the webhook is set aside. */
export async function countFailure(deps: ProcessEventDeps, eventId: string): Promise<void> {
  await deps.database.asSystem((client) =>
    client.query(
      `update webhook_events set attempts = attempts + 1,
         state = case when attempts + 1 >= $2 then 'quarantined' else state end,
         reason = case when attempts + 1 >= $2 then 'processing_failed' else reason end,
         effects = case when attempts + 1 >= $2
           then '[{"kind":"quarantined","reason":"processing_failed"}]'::jsonb else effects end
       where id = $1 and state = 'received'`,
      [eventId, MAX_ATTEMPTS],
    ),
  );
}
