import {
  createGraphSandbox,
  type GraphSandbox,
  type StatusPlan,
} from '../../relay/sandbox/graph-api/index.ts';
import { createRelayClient, type RelayClient } from '../../relay/sandbox/testing/relay-client.ts';
import { createTestDatabase, type DatabaseServer } from '../../relay/sandbox/testing/database.ts';
import {
  createTestClinic,
  signIn,
  signWebhook,
  testSecrets,
  type TestAgent,
  type TestClinic,
} from '../../relay/sandbox/testing/relay.ts';
import { inboundWebhook, textPart, unixTime } from '../../relay/sandbox/testing/webhook-bodies.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRelayProcess, type RelayProcess } from './relay-process.ts';
import { TEMPLATES } from './templates.ts';

/** A clinic for one test: its own database, relay process and stand-in for WhatsApp. */
export interface TestClinicWorld {
  relay: RelayProcess;
  sandbox: GraphSandbox;
  agent: TestAgent;
  agents: TestAgent[];
  number: TestClinic['number'];
  /** For filling the relay's database before a desk signs in. */
  databaseUrl: string;
  clinicId: string;
  /** A patient writes; resolves when the relay has taken the webhook. */
  patientWrites(patient: TestPatient, text: string, options?: { sentAt?: number }): Promise<void>;
  /** Bodies of the messages WhatsApp accepted, oldest first; read marks are not messages. */
  messagesSent(): Record<string, unknown>[];
  /** Posts exact bytes as Meta would, signed. */
  postWebhook(body: string): Promise<Response>;
  /** The relay as an administrator's app sees it, on a device of its own. */
  administrator(): Promise<RelayClient>;
  /** Fails when the relay asked anything of WhatsApp that Meta does not document. */
  close(): Promise<void>;
}

export interface TestPatient {
  name: string;
  /** Digits with country code, as WhatsApp ids are. */
  whatsappId: string;
}

export const LUCIA: TestPatient = { name: 'Lucía Martín', whatsappId: '34600111222' };
export const JAVIER: TestPatient = { name: 'Javier Cano', whatsappId: '34600333444' };

/** Everything arrives at once and in order; a test that wants it otherwise says so. */
const PROMPT_STATUSES: StatusPlan = {
  steps: [
    { status: 'sent', afterMs: 0 },
    { status: 'delivered', afterMs: 0 },
    { status: 'read', afterMs: 0 },
  ],
};

let messagesWritten = 0;

export async function createClinicWorld(server: DatabaseServer): Promise<TestClinicWorld> {
  const database = await createTestDatabase(server);
  const clinic = await createTestClinic(database.url, {
    name: 'Clínica Alameda',
    agentNames: ['Marta Ruiz', 'David León'],
  });
  const sandbox = await createGraphSandbox({
    appSecret: testSecrets.appSecret,
    verifyToken: testSecrets.verifyToken,
    accessTokens: [testSecrets.accessToken],
    phoneNumbers: [
      { id: clinic.number.phoneNumberId, phone: clinic.number.displayPhone, wabaId: clinic.number.wabaId },
    ],
    statusPlan: PROMPT_STATUSES,
    templates: { [clinic.number.wabaId]: TEMPLATES },
  });
  const mediaFolder = await mkdtemp(join(tmpdir(), 'recado-relay-media-'));
  const relay = await createRelayProcess({
    databaseUrl: database.url,
    graphUrl: `${sandbox.url}/v25.0`,
    mediaFolder,
  });
  await relay.start();
  sandbox.setWebhookUrl(`${relay.url}/webhooks/whatsapp`);

  const postWebhook = (body: string) =>
    fetch(`${relay.url}/webhooks/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signWebhook(body) },
      body,
    });

  return {
    relay,
    sandbox,
    agent: clinic.agents[0]!,
    agents: clinic.agents,
    number: clinic.number,
    databaseUrl: database.url,
    clinicId: clinic.id,
    postWebhook,
    messagesSent: () =>
      sandbox
        .requests()
        .map(({ body }) => body as Record<string, unknown>)
        .filter((body) => 'type' in body),
    async patientWrites(patient, text, { sentAt = Date.now() } = {}) {
      sandbox.noteInbound({ phone: `+${patient.whatsappId}` }, sentAt, clinic.number.phoneNumberId);
      messagesWritten += 1;
      const wamid = `wamid.e2e.${process.pid}.${messagesWritten}`;
      const part = textPart(wamid, text, { timestamp: unixTime(sentAt) });
      const person = { waId: patient.whatsappId, name: patient.name };
      const body = JSON.stringify(inboundWebhook(clinic.number, [part], person));
      const response = await postWebhook(body);
      if (response.status !== 200) throw new Error(`the relay answered ${response.status} to a webhook`);
    },
    async administrator() {
      const { token } = await signIn(relay.url, clinic.agents[0]!);
      return createRelayClient(relay.url, token);
    },
    async close() {
      await relay.kill();
      const mistakes = sandbox.invalidRequests().map(({ invalid }) => invalid);
      await sandbox.close();
      await database.drop();
      await rm(mediaFolder, { recursive: true, force: true });
      if (mistakes.length > 0) throw new Error(`not as Meta documents it: ${mistakes.join('; ')}`);
    },
  };
}
