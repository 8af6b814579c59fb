import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createGraphSandbox,
  type GraphSandbox,
  type GraphSandboxOptions,
  type GraphTemplate,
} from '../index.ts';

export const NUMBER = '200000000000002';
export const WABA = '100000000000001';
export const PATIENT = '+34600111222';
export const SECRET = 'app-secret';

export const template = (
  name: string,
  status: string,
  components: GraphTemplate['components'],
): GraphTemplate => ({
  id: `5${name.length}`,
  name,
  language: 'es',
  status,
  category: 'UTILITY',
  parameter_format: 'POSITIONAL',
  components,
});
export const TEMPLATES = [
  template('recordatorio', 'APPROVED', [
    { type: 'BODY', text: 'Hola {{1}}, su cita es el {{2}}.' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://c.example/{{1}}' }] },
  ]),
  template('con_documento', 'APPROVED', [
    { type: 'HEADER', format: 'DOCUMENT' },
    { type: 'BODY', text: 'Adjunto.' },
  ]),
  template('pausada', 'PAUSED', [{ type: 'BODY', text: 'Hola.' }]),
  template('desactivada', 'DISABLED', [{ type: 'BODY', text: 'Hola.' }]),
  template('rechazada', 'REJECTED', [{ type: 'BODY', text: 'Hola.' }]),
];

export const text = (changes: Record<string, unknown> = {}) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: PATIENT,
  type: 'text',
  text: { body: 'Le confirmamos la cita.', preview_url: false },
  ...changes,
});
export const templateMessage = (name: string, components: unknown[] = []) => ({
  messaging_product: 'whatsapp',
  to: PATIENT,
  type: 'template',
  template: { name, language: { code: 'es' }, components },
});
export const words = (...values: string[]) => ({
  type: 'body',
  parameters: values.map((value) => ({ type: 'text', text: value })),
});
export const urlButton = {
  type: 'button',
  sub_type: 'url',
  index: '0',
  parameters: [{ type: 'text', text: 'a1' }],
};

interface Received {
  raw: Buffer;
  signature: string;
  body: { entry: { changes: { field: string; value: Record<string, unknown> }[] }[] };
}

interface SentStatus {
  id: string;
  status: string;
  biz_opaque_callback_data?: string;
  errors?: { code: number }[];
}

interface Answer {
  http: number;
  body: { error?: { code: number; error_data: { details: string } }; messages?: { id: string }[] };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** A sandbox under test, and a receiver that stands where the relay would. */
export async function createStage() {
  const stage = {
    now: Date.parse('2026-11-24T09:00:00.000Z'),
    /** Webhooks in order of arrival. */
    received: [] as Received[],
    /** HTTP statuses of the receiver's next answers; 200 when empty. */
    answers: [] as number[],
    sandbox: undefined as unknown as GraphSandbox,
    start,
    send,
    /** Statuses of all webhooks received, in order of arrival. */
    statuses: (): SentStatus[] =>
      stage.received.flatMap((webhook) =>
        webhook.body.entry.flatMap((entry) =>
          entry.changes.flatMap((change) => (change.value['statuses'] ?? []) as SentStatus[]),
        ),
      ),
    async close() {
      await stage.sandbox.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
  const receiver = createServer((request, response) => {
    void bytesOf(request).then((raw) => {
      if (request.method === 'GET') {
        const query = new URL(request.url ?? '', 'http://relay').searchParams;
        response.statusCode = query.get('hub.verify_token') === 'verify' ? 200 : 403;
        response.end(query.get('hub.challenge'));
        return;
      }
      response.statusCode = stage.answers.shift() ?? 200;
      stage.received.push({
        raw,
        signature: String(request.headers['x-hub-signature-256']),
        body: JSON.parse(raw.toString()) as Received['body'],
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));

  async function start(options: Partial<GraphSandboxOptions> = {}): Promise<void> {
    const { port } = receiver.address() as AddressInfo;
    stage.sandbox = await createGraphSandbox({
      webhookUrl: `http://127.0.0.1:${port}/webhook`,
      appSecret: SECRET,
      verifyToken: 'verify',
      accessTokens: ['token'],
      phoneNumbers: [{ id: NUMBER, phone: '+34910000000', wabaId: WABA }],
      templates: { [WABA]: TEMPLATES },
      clock: () => stage.now,
      webhookRetryMs: [0],
      ...options,
    });
  }

  async function send(body: unknown, options: { number?: string; token?: string } = {}): Promise<Answer> {
    const response = await fetch(`${stage.sandbox.url}/v25.0/${options.number ?? NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.token ?? 'token'}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { http: response.status, body: (await response.json()) as Answer['body'] };
  }

  return stage;
}
export type Stage = Awaited<ReturnType<typeof createStage>>;
