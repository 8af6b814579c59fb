import type { Entity, Id } from '@recado/protocol';
import { createGraphSandbox, type GraphSandbox, type GraphSandboxOptions } from '../graph-api/index.ts';
import { createRelayClient, eventually, type RelayClient } from './relay-client.ts';
import { startTestRelay, testSecrets, type TestRelay, type TestRelayOptions } from './relay.ts';

const NUMBER = { id: '200000000000002', phone: '+34910000000', wabaId: '100000000000001' };

/** A relay and the sandbox in WhatsApp's place, connected both ways, with one clinic. */
export interface TestWhatsapp {
  relay: TestRelay;
  sandbox: GraphSandbox;
  /** An administrator's. */
  client: RelayClient;
  wabaId: string;
  /** A message of the thread by WhatsApp's words; the first there is that fits. */
  message(when: (message: Entity<'message'>) => boolean): Promise<Entity<'message'>>;
  template(name: string, when?: (template: Entity<'template'>) => boolean): Promise<Entity<'template'>>;
  /** The conversation with a number. */
  conversationWith(phone: string): Promise<Entity<'conversation'>>;
  /** One command; its code when it was refused, `applied` otherwise. */
  command(type: string, args: Record<string, unknown>): Promise<string>;
  /** Fails when the relay asked anything of WhatsApp that Meta does not document. */
  close(): Promise<void>;
}

export async function startTestWhatsapp(
  options: { sandbox?: Partial<GraphSandboxOptions>; relay?: TestRelayOptions } = {},
): Promise<TestWhatsapp> {
  const sandbox = await createGraphSandbox({
    appSecret: testSecrets.appSecret,
    verifyToken: testSecrets.verifyToken,
    accessTokens: [testSecrets.accessToken],
    phoneNumbers: [NUMBER],
    webhookRetryMs: [50],
    ...options.sandbox,
  });
  const relay = await startTestRelay({
    graphUrl: `${sandbox.url}/v25.0`,
    phoneNumberId: NUMBER.id,
    wabaId: NUMBER.wabaId,
    ...options.relay,
  });
  sandbox.setWebhookUrl(`${relay.url}/webhooks/whatsapp`);
  const client = createRelayClient(relay.url, (await relay.signIn()).token);
  const patientIdOf = async (phone: string): Promise<Id | undefined> =>
    (await client.all('patient')).find((patient) => patient.phone === phone)?.id;

  return {
    relay,
    sandbox,
    client,
    wabaId: NUMBER.wabaId,
    message: (when) => eventually('a message', async () => (await client.all('message')).find(when)),
    template: (name, when = () => true) =>
      eventually(`the template ${name}`, async () =>
        (await client.all('template')).find((template) => template.name === name && when(template)),
      ),
    conversationWith: (phone) =>
      eventually(`the conversation with ${phone}`, async () => {
        const patientId = await patientIdOf(phone);
        return (await client.all('conversation')).find((each) => each.patientId === patientId);
      }),
    async command(type, args) {
      const [result] = await client.send([client.command(type, args)]);
      return result?.code ?? result?.status ?? 'no answer';
    },
    async close() {
      const invalid = sandbox.invalidRequests().map(({ invalid: flaw }) => flaw);
      await relay.close();
      await sandbox.close();
      if (invalid.length > 0) throw new Error(`not as Meta documents it: ${invalid.join('; ')}`);
    },
  };
}
