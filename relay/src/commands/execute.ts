import {
  commandArguments,
  CommandResult,
  COMMANDS_REFUSED_WHEN_STALE,
  readCommand,
  RefusalCode,
  toTimestamp,
  type Command,
} from '@recado/protocol';
import type { Identity } from '../accounts/sessions.ts';
import { deleteAppointment, putAppointment, updatePatient } from '../appointments/commands.ts';
import type { Clock } from '../clock.ts';
import type { Client } from '../db/database.ts';
import { isAboutTheData } from '../db/errors.ts';
import type { Doorbell } from '../feed/doorbell.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { describeError, type Logger } from '../logger.ts';
import { updateAgent } from './agents.ts';
import { assign, tag, unassign, untag } from './belonging.ts';
import { blockConversation, unblockConversation } from './blocks.ts';
import {
  closeConversation,
  markRead,
  markSpam,
  markUnread,
  pinConversation,
  reopenConversation,
  setBot,
  snoozeConversation,
  unmarkSpam,
} from './conversations.ts';
import {
  createTag,
  createTeam,
  deleteTag,
  deleteTeam,
  mergeTag,
  updateClinicSettings,
  updateTag,
  updateTeam,
} from './directory.ts';
import { cancelMessage, retryMessage, sendMessage } from './messages.ts';
import { addNote } from './notes.ts';
import { createQuickReply, removeQuickReply, updateQuickReply } from './quick-replies.ts';
import { reactToMessage } from './reactions.ts';
import { refused, type CommandOutcome, type CommandScope } from './scope.ts';
import { startConversation } from './start-conversation.ts';
import { createTemplate, deleteTemplate, hideTemplate } from './templates.ts';

interface CommandsDeps {
  write: WriteToClinic;
  jobs: Jobs;
  clock: Clock;
  logger: Logger;
  sessionsBell: Doorbell;
}

function perform(scope: CommandScope, command: Command): Promise<CommandOutcome> {
  const known = readCommand(command);
  if (!known) {
    const exists = Object.hasOwn(commandArguments, command.type);
    return Promise.resolve(refused(exists ? RefusalCode.invalidArguments : RefusalCode.unknownCommand));
  }
  switch (known.type) {
    case 'message.send':
      return sendMessage(scope, known.args);
    case 'message.retry':
      return retryMessage(scope, known.args);
    case 'message.cancel':
      return cancelMessage(scope, known.args);
    case 'message.react':
      return reactToMessage(scope, known.args);
    case 'note.add':
      return addNote(scope, known.args);
    case 'conversation.start':
      return startConversation(scope, known.args);
    case 'conversation.close':
      return closeConversation(scope, known.args);
    case 'conversation.reopen':
      return reopenConversation(scope, known.args);
    case 'conversation.markSpam':
      return markSpam(scope, known.args);
    case 'conversation.unmarkSpam':
      return unmarkSpam(scope, known.args);
    case 'conversation.assign':
      return assign(scope, known.args);
    case 'conversation.unassign':
      return unassign(scope, known.args);
    case 'conversation.tag':
      return tag(scope, known.args);
    case 'conversation.untag':
      return untag(scope, known.args);
    case 'conversation.markRead':
      return markRead(scope, known.args);
    case 'conversation.markUnread':
      return markUnread(scope, known.args);
    case 'conversation.setBot':
      return setBot(scope, known.args);
    case 'conversation.pin':
      return pinConversation(scope, known.args);
    case 'conversation.block':
      return blockConversation(scope, known.args);
    case 'conversation.unblock':
      return unblockConversation(scope, known.args);
    case 'conversation.snooze':
      return snoozeConversation(scope, known.args);
    case 'patient.update':
      return updatePatient(scope, known.args);
    case 'appointment.put':
      return putAppointment(scope, known.args);
    case 'appointment.delete':
      return deleteAppointment(scope, known.args);
    case 'tag.create':
      return createTag(scope, known.args);
    case 'tag.update':
      return updateTag(scope, known.args);
    case 'tag.merge':
      return mergeTag(scope, known.args);
    case 'tag.delete':
      return deleteTag(scope, known.args);
    case 'team.create':
      return createTeam(scope, known.args);
    case 'team.update':
      return updateTeam(scope, known.args);
    case 'team.delete':
      return deleteTeam(scope, known.args);
    case 'quickReply.create':
      return createQuickReply(scope, known.args);
    case 'quickReply.update':
      return updateQuickReply(scope, known.args);
    case 'quickReply.delete':
      return removeQuickReply(scope, known.args);
    case 'template.create':
      return createTemplate(scope, known.args);
    case 'template.delete':
      return deleteTemplate(scope, known.args);
    case 'template.hide':
      return hideTemplate(scope, known.args);
    case 'clinic.updateSettings':
      return updateClinicSettings(scope, known.args);
    case 'agent.update':
      return updateAgent(scope, known.args);
  }
}

/** The result of an earlier time, or null when the command is new; it is then noted, so that it cannot run twice. */
async function firstResult(
  client: Client,
  identity: Identity,
  command: Command,
  now: number,
): Promise<CommandResult | null> {
  const { rowCount } = await client.query(
    `insert into commands (clinic_id, id, agent_id, type, created_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [identity.clinicId, command.id, identity.agentId, command.type.slice(0, 100), toTimestamp(now)],
  );
  if (rowCount) return null;
  const { rows } = await client.query<{ result: unknown }>(
    'select result from commands where clinic_id = $1 and id = $2',
    [identity.clinicId, command.id],
  );
  return CommandResult.parse(rows[0]?.result);
}

/** One request's turn in the clinic: its transaction, and who asks. */
interface Turn extends Pick<CommandScope, 'client' | 'onSessionsEnded'> {
  identity: Identity;
}

/**
 * Carries out what people want. Each command has its effect exactly once: its id and its result are written in the
 * same transaction as its effect, and a repeat is answered with the first result.
 */
export function createCommands({ write, jobs, clock, logger, sessionsBell }: CommandsDeps) {
  async function runOnce(
    { client, identity, onSessionsEnded }: Turn,
    command: Command,
    action: (scope: CommandScope) => Promise<CommandOutcome>,
  ): Promise<CommandResult> {
    const { clinicId } = identity;
    const now = clock.now();
    const known = await firstResult(client, identity, command, now);
    if (known) return known;
    const outcome = await action({
      client,
      clinicId,
      agent: identity,
      basedOn: COMMANDS_REFUSED_WHEN_STALE.has(command.type) ? command.basedOn : null,
      now,
      onSessionsEnded,
      enqueueDelivery: jobs.enqueueDelivery,
      enqueueReadReceipt: jobs.enqueueReadReceipt,
      enqueueReaction: jobs.enqueueReaction,
      enqueueTemplateTask: jobs.enqueueTemplateTask,
      enqueueBlock: jobs.enqueueBlock,
    });
    const result: CommandResult = { id: command.id, ...outcome };
    await client.query('update commands set result = $3 where clinic_id = $1 and id = $2', [
      clinicId,
      command.id,
      JSON.stringify(result),
    ]);
    return result;
  }

  /** In its own savepoint: what goes wrong with it leaves the others alone. */
  async function execute(turn: Turn, command: Command): Promise<CommandResult> {
    const { client } = turn;
    await client.query('savepoint command');
    try {
      const result = await runOnce(turn, command, (scope) => perform(scope, command));
      await client.query('release savepoint command');
      return result;
    } catch (error) {
      if (!isAboutTheData(error)) throw error;
      await client.query('rollback to savepoint command');
      // It would fail the same way for ever, and hold up everything behind it in the outbox.
      logger.error('command failed', { commandId: command.id, ...describeError(error) });
      return runOnce(turn, command, async () => refused(RefusalCode.invalidArguments));
    }
  }

  return {
    /**
     * In order, each by itself: a refused one holds up none of the others. All in one transaction, so that two
     * hundred closed at once wait for the disk a few times and not two hundred.
     */
    async executeAll(identity: Identity, commands: Command[]): Promise<CommandResult[]> {
      let haveSessionsEnded = false;
      const onSessionsEnded = () => {
        haveSessionsEnded = true;
      };
      const results = await write(identity.clinicId, async (client) => {
        const done: CommandResult[] = [];
        for (const command of commands)
          done.push(await execute({ client, identity, onSessionsEnded }, command));
        return done;
      });
      if (haveSessionsEnded) sessionsBell.ring(identity.clinicId);
      jobs.wake();
      return results;
    },
  };
}
export type Commands = ReturnType<typeof createCommands>;
