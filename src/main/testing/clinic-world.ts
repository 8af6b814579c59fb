/** A clinic for one test: a real relay on its own database, Meta's stand-in, and a proxy that can break the way there. */
import { createGraphSandbox, type GraphSandbox } from '../../../relay/sandbox/graph-api/index.ts';
import {
  createTestClinic,
  startTestRelay,
  testSecrets,
  type TestAgent,
  type TestRelay,
} from '../../../relay/sandbox/testing/relay.ts';
import { createTestDatabase } from '../../../relay/sandbox/testing/database.ts';
import { createDatabase } from '../../../relay/src/db/database.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';

export interface ClinicWorld {
  /** Where the app finds the relay: through the proxy. */
  url: string;
  proxy: FaultProxy;
  sandbox: GraphSandbox;
  /** The first of the clinic, its administrator. */
  agent: TestAgent;
  agents: TestAgent[];
  patientWrites(text: string, patient?: { name: string; phone: string }): Promise<void>;
  /** Writes conversations of patients with so many messages each straight into the relay's database, before it is used. */
  fill(input: { conversations: number; messages: number }): Promise<void>;
  /** Texts WhatsApp accepted from the clinic, oldest first. */
  textsSent(): string[];
  stopRelay(): Promise<void>;
  startRelay(): Promise<void>;
  /** The relay's own address, beside the proxy. */
  relay(): TestRelay;
  close(): Promise<void>;
}

export const LUCIA = { name: 'Lucía Martín', phone: '+34600111222' };
export const JAVIER = { name: 'Javier Cano', phone: '+34600333444' };

export async function createClinicWorld({ agentNames = ['Marta'] } = {}): Promise<ClinicWorld> {
  const database = await createTestDatabase();
  const clinic = await createTestClinic(database.url, { name: 'Clínica Alameda', agentNames });
  const sandbox = await createGraphSandbox({
    appSecret: testSecrets.appSecret,
    verifyToken: testSecrets.verifyToken,
    accessTokens: [testSecrets.accessToken],
    phoneNumbers: [
      { id: clinic.number.phoneNumberId, phone: clinic.number.displayPhone, wabaId: clinic.number.wabaId },
    ],
    statusPlan: {
      steps: [
        { status: 'sent', afterMs: 0 },
        { status: 'delivered', afterMs: 0 },
      ],
    },
  });
  const start = () => startTestRelay({ databaseUrl: database.url, clinic, graphUrl: `${sandbox.url}/v25.0` });
  let relay = await start();
  sandbox.setWebhookUrl(`${relay.url}/webhooks/whatsapp`);
  const proxy = await createFaultProxy(relay.url);

  return {
    url: proxy.url,
    proxy,
    sandbox,
    agent: clinic.agents[0]!,
    agents: clinic.agents,
    async patientWrites(text, patient = LUCIA) {
      const { http } = await sandbox.patientWrites({ from: patient.phone, name: patient.name, text });
      if (http !== 200) throw new Error(`the webhook answered ${http ?? 'nothing'}`);
    },
    async fill({ conversations, messages }) {
      const direct = createDatabase({ url: database.url, poolSize: 1 });
      await direct.inClinic(clinic.id, async (connection) => {
        const { rows } = await connection.query<{ seq: number }>(
          'update clinics set seq = seq + $2 where clinic_id = $1 returning seq - $2 as seq',
          [clinic.id, conversations * messages],
        );
        await connection.query(
          `with people as (
             insert into patients (clinic_id, id, profile_name, version, created_at)
             select $1, gen_random_uuid(), 'Paciente ' || n, $5::bigint + n, now() from generate_series(1, $2::int) n
             returning id, version - $5::bigint as n),
           talks as (
             insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, version)
             select $1, gen_random_uuid(), id, $4, date_trunc('ms', now()) - n * interval '1 minute', $5::bigint + n
             from people returning id, version - $5::bigint as n)
           insert into messages (clinic_id, id, conversation_id, ordinal, version, direction, kind, text, author_kind,
             sent_at, received_at, number_id)
           select $1, gen_random_uuid(), talks.id, place, place, 'inbound', 'text', 'mensaje ' || m, 'patient',
             moment, moment, $4
           from talks, generate_series(1, $3::int) m,
             lateral (select $5::bigint + (m - 1) * $2::int + n as place) places,
             lateral (select date_trunc('ms', now()) - ($3::int - m + 1) * interval '1 day' as moment) moments`,
          [clinic.id, conversations, messages, clinic.number.phoneNumberId, rows[0]?.seq ?? 0],
        );
      });
      await direct.close();
    },
    textsSent: () =>
      sandbox
        .requests()
        .map(({ body }) => body as { type?: string; text?: { body: string } })
        .filter(({ type }) => type === 'text')
        .map(({ text }) => text?.body ?? ''),
    async stopRelay() {
      await proxy.goOffline();
      await relay.stop();
    },
    async startRelay() {
      relay = await start();
      sandbox.setWebhookUrl(`${relay.url}/webhooks/whatsapp`);
      proxy.setTarget(relay.url);
      await proxy.goOnline();
    },
    relay: () => relay,
    async close() {
      await proxy.close();
      await relay.stop();
      await sandbox.close();
      await database.drop();
    },
  };
}
