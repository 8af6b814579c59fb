import { HOUR, type Id } from '@recado/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import type { Logger } from '../logger.ts';
import { errorRuleOf } from './graph-errors.ts';

type Reaction = 'fails' | 'isTriedAgain' | 'waits';
interface Expected {
  does: Reaction;
  /** How often at most by itself. */
  retries?: number;
  /** Wait before the first two retries, seconds. */
  waits?: [number, number];
  closesWindow?: true;
  isBlock?: true;
  alerts?: true;
  readsTemplates?: true;
}

const fails = (more: Partial<Expected> = {}): Expected => ({ does: 'fails', ...more });
const again = (retries: number, waits: [number, number]): Expected => ({
  does: 'isTriedAgain',
  retries,
  waits,
});
const alert = fails({ alerts: true });
const stale = fails({ readsTemplates: true });

/** Every code Meta documents for sending, and what the relay does about it. */
const CODES: readonly (readonly [code: number, meaning: string, expected: Expected])[] = [
  [131047, 'more than 24 hours since the patient wrote', fails({ closesWindow: true })],
  [131026, 'undeliverable', fails()],
  [131049, 'withheld for healthy engagement', fails()],
  [131050, 'the patient stopped marketing', fails()],
  [131051, 'unsupported type', fails()],
  [131052, 'the patient’s file cannot be had', fails()],
  [131053, 'our file cannot be taken', fails()],
  [131056, 'too many to this person', again(5, [1, 4])],
  [130429, 'throughput reached', again(8, [1, 2])],
  [131048, 'number limited for its quality', alert],
  [131064, 'limited for misclassified templates', alert],
  [80007, 'limit of the account', again(10, [30, 60])],
  [4, 'limit of the application', again(10, [30, 60])],
  [130472, 'part of an experiment', fails()],
  [130403, 'we blocked this person', fails({ isBlock: true })],
  [130497, 'not to that country', fails()],
  [131021, 'our own number', fails()],
  [131030, 'not on the list of the test number', fails()],
  [131008, 'a parameter is missing', fails()],
  [131009, 'a parameter is not valid', fails()],
  [100, 'a parameter is not known', fails()],
  [135000, 'a parameter is wrong', fails()],
  [131000, 'something went wrong', again(3, [2, 4])],
  [131016, 'temporarily unavailable', again(3, [2, 4])],
  [1, 'unknown', again(3, [2, 4])],
  [2, 'temporarily down', again(3, [2, 4])],
  [131057, 'maintenance', again(10, [30, 60])],
  [2494100, 'maintenance', again(10, [30, 60])],
  [131042, 'payment', alert],
  [132000, 'number of parameters', stale],
  [132001, 'no such template in that language', stale],
  [132005, 'filled in, it is too long', fails()],
  [132007, 'policy', fails()],
  [132012, 'format of a parameter', stale],
  [132018, 'validation of a parameter', stale],
  [132015, 'template paused', stale],
  [132016, 'template disabled', stale],
  [132068, 'form blocked', fails()],
  [132069, 'form throttled', again(3, [1_200, 2_400])],
  [131062, 'needs a phone number', fails()],
  [131063, 'marketing disabled for the account', alert],
  [131060, 'currently unavailable', fails()],
  [133010, 'number not registered', alert],
  [131045, 'registration error', alert],
  [33, 'number deleted', alert],
  [131031, 'account locked', alert],
  [368, 'account restricted', alert],
  [131037, 'display name not approved', alert],
  [137000, 'security code changed', fails()],
  [190, 'token expired', { does: 'waits', waits: [60, 120], alerts: true }],
  [0, 'token invalid', { does: 'waits', waits: [60, 120], alerts: true }],
  [3, 'permission', alert],
  [10, 'permission', alert],
  [200, 'permission', alert],
  [299, 'permission', alert],
  [131005, 'permission', alert],
  [133005, 'PIN', alert],
  [133006, 'PIN', alert],
  [133008, 'PIN', alert],
  [133009, 'PIN', alert],
  [133015, 'registration', alert],
  [133016, 'registration attempts', alert],
  [999999, 'a code of tomorrow', fails()],
];

let inbox: TestInbox;
let patient: TestPatient;
const alerts: (string | number | undefined)[] = [];
const logger: Logger = {
  info: () => {},
  warn: () => {},
  error: (event, fields) => {
    if (event === 'whatsapp needs an administrator') alerts.push(fields?.code);
  },
};

beforeAll(async () => {
  inbox = await startTestInbox({ logger });
});
afterAll(() => inbox.close());
beforeEach(async () => {
  alerts.length = 0;
  patient = await inbox.patientIn.received();
});

const callsOf = (id: Id) =>
  inbox.graph.calls.filter(({ body }) => body.biz_opaque_callback_data === id).length;
const errorOf = async (id: Id) => (await patient.thread()).find((message) => message.id === id)?.error?.code;

/** Whether the clinic's templates are to be read again soon, or have been meanwhile. */
async function areTemplatesDue(): Promise<boolean> {
  const { id } = inbox.relay.clinic;
  const { rows } = await inbox.database.inClinic(id, (client) =>
    client.query<{ due: boolean }>('select templates_due_at <= $1 as due from numbers', [
      new Date(inbox.now() + 24 * HOUR),
    ]),
  );
  return rows[0]?.due ?? false;
}

describe('refused with', () => {
  test.each(CODES)('%i, %s', async (code, _meaning, expected) => {
    const rule = errorRuleOf(String(code));
    const { retry } = rule;
    expect({
      does: retry === null ? 'fails' : retry.retries === Infinity ? 'waits' : 'isTriedAgain',
      ...(retry === null || retry.retries === Infinity ? {} : { retries: retry.retries }),
      ...(retry === null ? {} : { waits: [retry.waitMs(0) / 1_000, retry.waitMs(1) / 1_000] }),
      ...(rule.closesWindow ? { closesWindow: true } : {}),
      ...(rule.isBlock ? { isBlock: true } : {}),
      ...(rule.alert ? { alerts: true } : {}),
      ...(rule.staleTemplates ? { readsTemplates: true } : {}),
    }).toEqual(expected);

    // The templates have been read, or been tried to, a moment ago.
    const { id: clinicId } = inbox.relay.clinic;
    await inbox.database.inClinic(clinicId, (client) =>
      client.query('update numbers set templates_due_at = $1', [new Date(inbox.now() + 48 * HOUR)]),
    );
    inbox.graph.answerWith(refuse(code));
    const id = await patient.answered();
    await eventually(
      'the refusal',
      async () => callsOf(id) === 1 && alerts.length >= (expected.alerts ? 1 : 0),
    );
    if (expected.does === 'fails') {
      await eventually('the failure', async () => (await errorOf(id)) === String(code));
      expect(callsOf(id)).toBe(1);
    } else {
      expect(await patient.status(id)).toBe('queued');
      inbox.graph.answerWith(accept);
      inbox.pass(HOUR);
      // Whatever wakes the conversation: the one that waited goes first.
      const next = await patient.answered('¿Sigue ahí?');
      await patient.sent(next);
      expect([await patient.status(id), callsOf(id)]).toEqual(['sent', 2]);
    }
    expect(alerts).toEqual(expected.alerts ? [String(code)] : []);
    expect(await patient.composer()).toBe(
      expected.isBlock ? 'disabled' : expected.closesWindow ? 'templates' : 'free',
    );
    expect(await areTemplatesDue()).toBe(expected.readsTemplates ?? false);
  });
});

test('the same reported later by a status is told to the operator, too', async () => {
  inbox.graph.answerWith(accept);
  const id = await patient.answered();
  await patient.sent(id);
  await inbox.relay.postWebhook({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: inbox.relay.clinic.number.wabaId,
        changes: [
          {
            field: 'messages',
            value: {
              metadata: { phone_number_id: inbox.relay.clinic.number.phoneNumberId },
              statuses: [
                {
                  id: `wamid.OUT${inbox.graph.calls.length}`,
                  status: 'failed',
                  errors: [{ code: 131042, title: 'Payment' }],
                },
              ],
            },
          },
        ],
      },
    ],
  });
  await eventually('the failure', async () => (await errorOf(id)) === '131042');
  expect(alerts).toEqual(['131042']);
});
