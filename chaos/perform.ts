/** Carries out what a script says, against everything real, and writes down what people were told. */
import type { Id } from '@recado/protocol';
import type { Action } from '../src/shared/contract/index.ts';
import { PATIENTS, tellStep, type ActionName, type Step } from './script.ts';
import type { ChaosWorld } from './world.ts';

/** A text somebody sent. */
export interface SentText {
  conversationId: Id;
  text: string;
  /** The app took it; null while or when nobody knows, because the app died first. */
  isTaken: boolean | null;
  messageId: Id | null;
  /** Moments of asking and of being told, in the order of this run. */
  askedAt: number;
  takenAt: number | null;
}

export interface RunJournal {
  conversationIds: Id[];
  sent: SentText[];
  /** Texts of patients. */
  received: string[];
  /** What happened, without a word anybody wrote. */
  log: string[];
}

const HOUR = 3_600_000;
const PRELUDE_WITHIN_MS = 30_000;
const LATE_MS = 120;
/** How long the answer of a slow WhatsApp takes: less than the relay waits. */
const SLOW_MS = 200;

const PATHS = {
  commands: /POST \/v1\/commands/,
  changes: /GET \/v1\/changes/,
  stream: /GET \/v1\/stream/,
  any: /\/v1\//,
} as const;

export async function createRun(world: ChaosWorld, name: string, phonePrefix: string) {
  const { sandbox, proxy, relay, clock } = world;
  const startedAt = performance.now();
  const journal: RunJournal = { conversationIds: [], sent: [], received: [], log: [] };
  const pending: Promise<unknown>[] = [];
  const breaking: Promise<void>[] = [];
  let moment = 0;
  let wallSkewMs = 0;

  const log = (line: string) => {
    journal.log.push(`${String(Math.round(performance.now() - startedAt)).padStart(6)} ${line}`);
  };
  const phoneOf = (patient: number) => `+34${phonePrefix}${patient}`;

  async function patientWrites(patient: number): Promise<void> {
    const text = `${name} recibido ${journal.received.length}`;
    journal.received.push(text);
    await sandbox.patientWrites({ from: phoneOf(patient), name: `Paciente ${name} ${patient}`, text });
  }

  function actionOf(action: ActionName): Action {
    switch (action) {
      case 'assign':
      case 'unassign':
        return { type: action, agentIds: world.agentIds.slice(0, 1), teamIds: [] };
      case 'pauseBot':
        return { type: 'setBot', active: false };
      case 'pin':
      case 'unpin':
        return { type: 'pin', pinned: action === 'pin' };
      case 'snooze':
        return { type: 'snooze', until: clock.now() + 24 * HOUR };
      default:
        return { type: action };
    }
  }

  async function send(conversationId: Id): Promise<void> {
    const core = world.core();
    if (core === null) return;
    moment += 1;
    const text = `${name} enviado ${journal.sent.length}`;
    const entry: SentText = {
      ...{ conversationId, text, isTaken: null, messageId: null },
      ...{ askedAt: moment, takenAt: null },
    };
    journal.sent.push(entry);
    const number = journal.sent.length - 1;
    const reply = await core.call('message.send', { conversationId, text, basedOnOrdinal: null });
    moment += 1;
    entry.isTaken = reply === null ? null : reply.ok;
    entry.takenAt = moment;
    if (reply?.ok) entry.messageId = reply.data.messageId;
    log(`send ${number}: ${reply === null ? 'no answer' : reply.ok ? 'taken' : reply.error.code}`);
  }

  async function act(conversationId: Id, action: Action, isUndone: boolean): Promise<void> {
    const core = world.core();
    const reply = await core?.call('conversation.act', {
      target: { conversationIds: [conversationId] },
      action,
      confirmed: true,
    });
    if (isUndone && reply?.ok) await core?.call('action.undo', { actionId: reply.data.actionId });
  }

  function breakGraph(fault: Extract<Step, { type: 'graph' }>['fault']): void {
    const { faults } = sandbox;
    switch (fault) {
      case 'slowAnswer':
        faults.add({ kind: 'slowAnswer', ms: SLOW_MS });
        break;
      case 'failDelivery':
        faults.add({ kind: 'failDelivery', code: 131026 });
        break;
      case 'rateLimited':
        faults.add({ kind: 'refuse', code: 130429, httpStatus: 429 });
        break;
      case 'refused':
        faults.add({ kind: 'refuse', code: 131051 });
        break;
      default:
        faults.add({ kind: fault });
    }
  }

  function breakNetwork({ fault, path, bytes }: Extract<Step, { type: 'network' }>): void {
    const pattern = PATHS[path];
    switch (fault) {
      case 'cutAfter':
      case 'trickle':
        proxy.add(pattern, { type: fault, bytes }, 1);
        break;
      case 'serverError':
        proxy.add(pattern, { type: 'answer', status: 500, body: 'sorry' }, 1);
        break;
      default:
        proxy.add(pattern, { type: fault }, 1);
    }
  }

  /** At once, or while the next steps are under way. */
  async function during(inMs: number, action: () => Promise<void>): Promise<void> {
    if (inMs === 0) return action();
    const done = new Promise<void>((resolve, reject) => {
      setTimeout(() => void action().then(resolve, reject), inMs);
    });
    breaking.push(done);
  }

  async function perform(step: Step): Promise<void> {
    log(tellStep(step));
    const conversationId = 'patient' in step ? journal.conversationIds[step.patient]! : '';
    switch (step.type) {
      case 'send': {
        const sending = send(conversationId);
        pending.push(sending);
        if (step.isAwaited) await sending;
        break;
      }
      case 'note': {
        const text = `${name} nota ${journal.log.length}`;
        const input = { conversationId, text, mentionedAgentIds: [] };
        pending.push(world.core()?.call('note.add', input) ?? Promise.resolve());
        break;
      }
      case 'act':
        pending.push(act(conversationId, actionOf(step.action), step.isUndone));
        break;
      case 'patientWrites':
        if (step.how === 'twice') sandbox.faults.add({ kind: 'duplicateWebhook' });
        if (step.how === 'late') sandbox.faults.add({ kind: 'delayWebhook', ms: LATE_MS });
        pending.push(patientWrites(step.patient));
        break;
      case 'holdWebhooks':
        sandbox.holdWebhooks();
        await during(step.forMs, async () => void (await sandbox.releaseWebhooks(step.order)));
        break;
      case 'graph':
        breakGraph(step.fault);
        break;
      case 'network':
        breakNetwork(step);
        break;
      case 'offline':
        await proxy.goOffline();
        break;
      case 'online':
        await proxy.goOnline();
        break;
      case 'killCore':
        await during(step.inMs, world.killCore);
        break;
      case 'startCore':
        await world.startCore(wallSkewMs);
        break;
      case 'killRelay':
        await during(step.inMs, relay.kill);
        break;
      case 'startRelay':
        await relay.start();
        break;
      case 'clockJump':
        wallSkewMs += step.hours * HOUR;
        world.core()?.setWallSkew(wallSkewMs);
        break;
      case 'wake':
        world.core()?.wake(step.reason);
        break;
      case 'pass':
        await new Promise((resolve) => setTimeout(resolve, step.milliseconds));
    }
  }

  /** Everything works again, and everybody has been answered. */
  async function heal(): Promise<void> {
    log('healing');
    // What was to break in the middle of things has broken by now.
    await Promise.all(breaking);
    sandbox.faults.clear();
    proxy.clear();
    await relay.start();
    // What hangs in a connection that was broken on purpose must not be waited for.
    await proxy.goOffline();
    await proxy.goOnline();
    const core = await world.startCore(0);
    core.setWallSkew(0);
    wallSkewMs = 0;
    core.wake('network');
    pending.push(sandbox.releaseWebhooks());
    for (let answered = 0; answered < pending.length; answered += 1) await pending[answered];
  }

  /** Everybody says hello, so that there is something to answer. */
  async function prepare(): Promise<void> {
    for (let patient = 0; patient < PATIENTS; patient += 1) await patientWrites(patient);
    const core = await world.startCore(0);
    journal.conversationIds = await core.until(
      'the first messages',
      async () => {
        const found: Id[] = [];
        for (let patient = 0; patient < PATIENTS; patient += 1) {
          const id = await findConversation(world, phoneOf(patient));
          if (id === null) return null;
          const reply = await core.call('conversation.get', { conversationId: id });
          if (!reply?.ok) return null;
          found.push(id);
        }
        return found;
      },
      PRELUDE_WITHIN_MS,
    );
  }

  await prepare();
  return { journal, log, perform, heal };
}

/** The one conversation of a patient; null while the relay has none. */
function findConversation({ database, clinicId }: ChaosWorld, phone: string): Promise<Id | null> {
  return database.inClinic(clinicId, async (client) => {
    const { rows } = await client.query<{ id: Id }>(
      `select conversations.id from conversations join patients
         on patients.clinic_id = conversations.clinic_id and patients.id = conversations.patient_id
       where conversations.clinic_id = $1 and patients.phone = $2`,
      [clinicId, phone],
    );
    return rows[0]?.id ?? null;
  });
}
