import { RefusalCode, type CommandArguments } from '@recado/protocol';
import { endSessions } from '../accounts/sessions.ts';
import { findAgent, hasOtherAdministrators, saveAgent, type AgentRow } from '../db/agents.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

const isAdministrator = ({ role, active }: AgentRow) => active && role === 'admin';

/** Somebody without a password is asked in again; an invitation that is taken back leaves no code behind. */
function withActive(agent: AgentRow, active: boolean | undefined): AgentRow {
  if (active === undefined) return agent;
  if (!active) return { ...agent, active: false, invited: false };
  return agent.hasPassword ? { ...agent, active: true } : { ...agent, invited: true };
}

/** Administrators change a colleague's name, what they may do, and whether they are still here. */
export async function updateAgent(
  scope: CommandScope,
  args: CommandArguments<'agent.update'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  // As it is now: an earlier command of the same request may have changed it.
  const asking = await findAgent(client, clinicId, scope.agent.agentId);
  if (!asking || !isAdministrator(asking)) return refused(RefusalCode.forbidden);
  const before = await findAgent(client, clinicId, args.agentId);
  if (!before) return refused(RefusalCode.agentNotFound);
  const name = args.name === undefined ? before.name : cleanText(args.name).trim();
  if (name === '') return refused(RefusalCode.invalidArguments);
  const after = withActive({ ...before, name, role: args.role ?? before.role }, args.active);
  const isSame =
    after.name === before.name &&
    after.role === before.role &&
    after.active === before.active &&
    after.invited === before.invited;
  if (isSame) return applied();
  if (
    isAdministrator(before) &&
    !isAdministrator(after) &&
    !(await hasOtherAdministrators(client, clinicId, before.id))
  ) {
    return refused(RefusalCode.lastAdministrator);
  }
  if (!after.active && !after.invited) {
    await client.query('delete from access_codes where clinic_id = $1 and agent_id = $2', [
      clinicId,
      after.id,
    ]);
    await endSessions(client, { clinicId, agentId: after.id, now });
    scope.onSessionsEnded();
  }
  return applied(await saveAgent(client, clinicId, after));
}
