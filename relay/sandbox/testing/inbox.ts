import {
  applyConversationEvent,
  composerMode,
  conversationFilter,
  DAY,
  HOUR,
  newId,
  toEpoch,
  type ComposerMode,
  type ConversationEvent,
  type ConversationFacts,
  type ConversationFilter,
  type Entity,
  type Handler,
  type Id,
  type SystemEvent,
} from '@recado/protocol';
import {
  createConversation,
  findConversationOf,
  saveConversation,
  type ConversationRow,
} from '../../src/db/conversations.ts';
import { createDatabase, type Client } from '../../src/db/database.ts';
import { insertMessage, insertSystemLine } from '../../src/db/messages.ts';
import { lockClinic } from '../../src/feed/writer.ts';
import { endBotSessions } from '../../src/jobs/bot-sessions.ts';
import { silentLogger } from '../../src/logger.ts';
import { saveTemplate, templatesOf } from '../../src/templates/templates.ts';
import { patientFor } from '../../src/whatsapp/apply/patients.ts';
import { startFakeGraph } from './fake-graph.ts';
import { createRelayClient, eventually, webhookOutcome, type RelayClient } from './relay-client.ts';
import { startTestRelay, type TestRelayOptions } from './relay.ts';
import { inboundWebhook, statusWebhook, textPart, unixTime, type WebhookPerson } from './webhook-bodies.ts';

/** What the rules see of a conversation as it came over the wire. */
export function factsOf(conversation: Entity<'conversation'>): ConversationFacts {
  return {
    spam: conversation.spam,
    closed: conversation.closed,
    handler: conversation.handler as Handler,
    lastInboundSentAt: toEpoch(conversation.lastInboundSentAt),
    windowExpiresAt: toEpoch(conversation.windowExpiresAt),
    lastInteractionAt: toEpoch(conversation.lastInteractionAt),
    lastMessageDirection: conversation.lastMessageDirection as ConversationFacts['lastMessageDirection'],
    unread: conversation.unread,
    blockState: conversation.blockState as NonNullable<ConversationFacts['blockState']>,
  };
}

/**
 * A relay with a clinic of two, Marta the administrator and David, by a clock the test moves; and a stand-in for
 * WhatsApp. Every patient has a conversation of their own, so that tests may share it.
 */
export async function startTestInbox(options: TestRelayOptions = {}) {
  // Webhooks count in seconds.
  let now = Math.floor(Date.now() / 1_000) * 1_000;
  const graph = await startFakeGraph();
  const relay = await startTestRelay({
    graphUrl: graph.url,
    clock: { now: () => now },
    agentNames: ['Marta', 'David'],
    ...options,
  });
  const database = createDatabase({ url: relay.databaseUrl, poolSize: 2 });
  const { number, id: clinicId, agents } = relay.clinic;
  const signInAs = async (index: number): Promise<RelayClient> =>
    createRelayClient(relay.url, (await relay.signIn(agents[index])).token);
  const marta = await signInAs(0);
  const david = await signInAs(1);
  let patients = 0;
  let wamids = 0;

  /** Posts a webhook and waits until it has taken effect. */
  async function webhook(body: object): Promise<void> {
    await webhookOutcome(relay.url, await relay.postWebhook(body));
  }

  function inTurn<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return database.inClinic(clinicId, async (client) => {
      await lockClinic(client, clinicId);
      return work(client);
    });
  }

  /** A template without variables; made when it is first asked for. */
  async function reminderTemplate(client: Client): Promise<Id> {
    const { wabaId } = number;
    const known = (await templatesOf(client, clinicId, wabaId)).find(({ name }) => name === 'recordatorio');
    if (known) return known.id;
    const id = newId();
    await saveTemplate(client, clinicId, {
      id,
      wabaId,
      graphId: '500000000000001',
      name: 'recordatorio',
      language: 'es',
      category: 'UTILITY',
      status: 'APPROVED',
      components: [{ type: 'BODY', text: 'Recordatorio' }],
      parameterFormat: 'POSITIONAL',
      quality: 'UNKNOWN',
      rejectionReason: null,
      hidden: false,
      headerMedia: null,
      task: null,
    });
    return id;
  }

  /** Somebody who may write to the clinic. */
  function newPatient() {
    patients += 1;
    const person = { waId: `3460070${String(patients).padStart(4, '0')}`, name: `Paciente ${patients}` };
    return createPatient(person);
  }

  function createPatient(person: WebhookPerson & { waId: string }) {
    let patientId: Id | null = null;

    /** The row itself, in the clinic's turn; made when there is none. */
    async function row(client: Client): Promise<ConversationRow> {
      const id = await patientFor(
        client,
        clinicId,
        { whatsappIds: [person.waId], userId: null, profileName: person.name ?? null },
        now,
      );
      const key = { patientId: id, numberId: number.phoneNumberId };
      return (
        (await findConversationOf(client, clinicId, key)) ??
        createConversation(client, clinicId, { ...key, at: now })
      );
    }

    async function conversation(): Promise<Entity<'conversation'>> {
      patientId ??= (await marta.all('patient')).find(({ phone }) => phone === `+${person.waId}`)?.id ?? null;
      const found = (await marta.all('conversation')).find((each) => each.patientId === patientId);
      if (!found) throw new Error('the patient has no conversation yet');
      return found;
    }

    async function thread(): Promise<Entity<'message'>[]> {
      const { id } = await conversation();
      const messages = (await marta.all('message')).filter(({ conversationId }) => conversationId === id);
      return messages.sort((a, b) => a.ordinal - b.ordinal);
    }

    return {
      person,
      conversation,
      thread,
      async facts(): Promise<ConversationFacts> {
        return factsOf(await conversation());
      },
      async filter(): Promise<ConversationFilter> {
        return conversationFilter(factsOf(await conversation()), now);
      },
      /** What the thread's system lines tell, in order. */
      async lines(): Promise<SystemEvent[]> {
        return (await thread()).flatMap(({ content }) => content.event ?? []);
      },
      async codes(): Promise<string[]> {
        return (await this.lines()).map(({ code }) => code);
      },
      async composer(): Promise<ComposerMode> {
        return composerMode(factsOf(await conversation()), now);
      },
      async status(messageId: Id): Promise<string | null> {
        return (await thread()).find(({ id }) => id === messageId)?.status ?? null;
      },
      /** Resolves when WhatsApp has accepted a message. */
      async sent(messageId: Id): Promise<void> {
        await eventually('the message was sent', async () =>
          (await thread()).some(({ id, status }) => id === messageId && status === 'sent'),
        );
      },
      /** Writes; returns WhatsApp's id. */
      async writes(text = 'Hola', at: { sentAt?: number; wamid?: string } = {}): Promise<string> {
        wamids += 1;
        const wamid = at.wamid ?? `wamid.IN${wamids}`;
        const timestamp = unixTime(at.sentAt ?? now);
        await webhook(inboundWebhook(number, [textPart(wamid, text, { timestamp })], person));
        return wamid;
      },
      /** Sends a part of `messages` of any other kind. */
      async sends(part: object): Promise<void> {
        await webhook(inboundWebhook(number, [{ timestamp: unixTime(now), ...part }], person));
      },
      /** Lets an event happen that no endpoint brings yet, with the line it leaves. */
      happens(event: ConversationEvent, line?: SystemEvent): Promise<void> {
        return inTurn(async (client) => {
          const before = await row(client);
          if (line) {
            await insertSystemLine(client, {
              clinicId,
              conversationId: before.id,
              numberId: number.phoneNumberId,
              event: line,
              at: now,
            });
          }
          await saveConversation(client, applyConversationEvent(before, event));
        });
      },
      /** Queues a message no endpoint queues yet: a template of Marta's, or anything of the bot. */
      queues(by: 'agent' | 'bot', kind = 'template'): Promise<Id> {
        return inTurn(async (client) => {
          const target = await row(client);
          const templateId = kind === 'template' ? await reminderTemplate(client) : null;
          const message = await insertMessage(client, {
            clinicId,
            conversationId: target.id,
            numberId: number.phoneNumberId,
            direction: 'outbound',
            kind,
            text: 'Recordatorio',
            author: { kind: by, agentId: by === 'agent' ? (agents[0]?.id ?? null) : null, name: null },
            sentAt: now,
            receivedAt: now,
            status: 'queued',
            outgoing:
              templateId === null ? null : { templateId, values: { header: {}, body: {}, buttons: {} } },
          });
          await saveConversation(client, target);
          return message?.id ?? '';
        });
      },
      /** WhatsApp tells what became of a message. */
      async reported(messageId: Id, status: string, errorCode?: number): Promise<void> {
        await webhook(
          statusWebhook(number, [
            {
              id: `wamid.OF.${messageId}`,
              status,
              timestamp: unixTime(now),
              biz_opaque_callback_data: messageId,
              ...(errorCode === undefined ? {} : { errors: [{ code: errorCode, title: 'x' }] }),
            },
          ]),
        );
      },
      /** One command about this conversation, as Marta or as whoever `by` is; its result. */
      async command(
        type: string,
        args: Record<string, unknown> = {},
        { basedOn = null, by = marta }: { basedOn?: number | null; by?: RelayClient } = {},
      ) {
        const { id: conversationId } = await conversation();
        const command = { ...by.command(type, { conversationId, ...args }), basedOn };
        return (await by.send([command]))[0];
      },
      /** Marta sends a text; resolves when it has been queued. */
      async answered(text = 'Buenos días', by = marta): Promise<Id> {
        const messageId = newId();
        await by.send([by.sendCommand(await conversation(), text, messageId)]);
        return messageId;
      },
      /** Feed number of the conversation's last change. */
      async version(): Promise<number> {
        const { id } = await conversation();
        const changes = await marta.allChanges();
        return changes.find((change) => change.entity === 'conversation' && change.id === id)?.seq ?? 0;
      },
    };
  }

  async function justWrote(then?: { command: string; args?: Record<string, unknown> }) {
    const patient = newPatient();
    await patient.writes();
    if (then) await patient.command(then.command, then.args);
    return patient;
  }

  /** A patient in each filter, who wrote a moment ago, and 30 hours ago in the expired one. */
  const patientIn = {
    received: () => justWrote(),
    async expired() {
      const patient = await justWrote();
      now += 30 * HOUR;
      return patient;
    },
    closed: () => justWrote({ command: 'conversation.close' }),
    bot: () => justWrote({ command: 'conversation.setBot', args: { active: true } }),
    spam: () => justWrote({ command: 'conversation.markSpam' }),
  } satisfies Record<ConversationFilter, () => Promise<unknown>>;

  return {
    relay,
    graph,
    database,
    marta,
    david,
    agentIds: agents.map(({ id }) => id),
    newPatient,
    /** Somebody with a number of the test's choice. */
    patientOf: createPatient,
    patientIn,
    now: () => now,
    /** Looks once for sessions of the bot that are over, as every process of the relay does. */
    endBotSessions: () =>
      endBotSessions({
        database,
        write: (_clinicId, work) => inTurn(work),
        clock: { now: () => now },
        logger: silentLogger,
        sessionMs: DAY,
      }),
    /** Lets time pass, milliseconds. */
    pass(ms: number): void {
      now += ms;
    },
    async close(): Promise<void> {
      await database.close();
      await relay.close();
      await graph.close();
    },
  };
}
export type TestInbox = Awaited<ReturnType<typeof startTestInbox>>;
export type TestPatient = ReturnType<TestInbox['newPatient']>;
