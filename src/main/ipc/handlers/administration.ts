import { newId, RefusalCode, toEpoch, toTimestamp, type AccessCode } from '@recado/protocol';
import type { Directory, ErrorCode, Reply } from '../../../shared/contract/index.ts';
import type { Outcome, RelayFailure } from '../../relay/interface.ts';
import { withDesk, type Desk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** Refusals of the relay that have a sentence of their own. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  forbidden: 'forbidden',
  email_taken: 'email_taken',
  not_found: 'not_found',
  invalid_request: 'invalid_input',
  [RefusalCode.agentNotFound]: 'not_found',
};

function reasonOf(failure: RelayFailure): ErrorCode {
  if (failure.kind === 'refused') return REFUSALS[failure.code] ?? 'internal';
  return failure.kind === 'rateLimited' ? 'too_many_attempts' : 'relay_unreachable';
}

const answer = <Value, Data>(outcome: Outcome<Value>, read: (value: Value) => Data): Reply<Data> =>
  outcome.ok ? done(read(outcome.value)) : refused(reasonOf(outcome.failure));

/** What only administrators do: who works here, on which PCs, and which programs. Codes and keys are made at the relay, so these need it. */
export function createAdministrationHandlers(
  findDesk: FindDesk,
): Pick<
  Handlers,
  | 'agent.invite'
  | 'agent.renewAccess'
  | 'agent.update'
  | 'device.list'
  | 'device.revoke'
  | 'integrationKey.list'
  | 'integrationKey.create'
  | 'integrationKey.delete'
> {
  const asAdministrator = <Data>(work: (desk: Desk, agents: Directory['agents']) => Promise<Reply<Data>>) =>
    withDesk(findDesk, async (desk) => {
      const { agents } = await desk.store.read.directory({});
      if (!agents.some(({ isMe, role }) => isMe && role === 'admin')) return refused('forbidden');
      return work(desk, agents);
    });

  const codeView = (agentId: string) => (code: AccessCode) => ({
    agentId,
    accessCode: code.accessCode,
    expiresAt: Date.parse(code.expiresAt),
  });

  return {
    'agent.invite': (input) =>
      asAdministrator(async ({ relay }) => {
        const agentId = newId();
        return answer(await relay.invite({ agentId, ...input }), codeView(agentId));
      }),

    'agent.renewAccess': ({ agentId }) =>
      asAdministrator(async ({ relay }) => answer(await relay.renewAccess({ agentId }), codeView(agentId))),

    'agent.update': ({ agentId, ...changes }) =>
      asAdministrator(async (desk, agents) => {
        const agent = agents.find(({ id }) => id === agentId);
        if (agent === undefined) return refused('not_found');
        const isAdministrator = ({ role, active }: { role: string; active: boolean }) =>
          role === 'admin' && active;
        const others = agents.filter(({ id, invited }) => id !== agentId && !invited);
        if (
          isAdministrator(agent) &&
          !isAdministrator({ role: changes.role ?? agent.role, active: changes.active ?? agent.active }) &&
          !others.some(isAdministrator)
        )
          return refused('last_administrator');
        await desk.enqueue({
          id: newId(),
          type: 'agent.update',
          args: { agentId, ...changes },
          basedOn: null,
          issuedAt: toTimestamp(desk.clock.now()),
        });
        return done({});
      }),

    'device.list': () =>
      asAdministrator(async ({ relay, ownDeviceId }, agents) => {
        const names = new Map(agents.map(({ id, name }) => [id, name]));
        return answer(await relay.devices(), (devices) => ({
          devices: devices.map(({ id, name, platform, appVersion, agentId, lastSeenAt, active }) => ({
            id,
            name,
            platform,
            appVersion,
            agentId,
            agentName: names.get(agentId) ?? null,
            lastSeenAt: Date.parse(lastSeenAt),
            active,
            isThis: id === ownDeviceId,
          })),
        }));
      }),

    'device.revoke': ({ deviceId }) =>
      asAdministrator(async ({ relay }) => answer(await relay.revokeDevice({ deviceId }), () => ({}))),

    'integrationKey.list': () =>
      asAdministrator(async ({ relay }) =>
        answer(await relay.integrationKeys(), (keys) => ({
          keys: keys.map(({ id, name, createdAt, lastUsedAt }) => ({
            id,
            name,
            createdAt: toEpoch(createdAt),
            lastUsedAt: toEpoch(lastUsedAt),
          })),
        })),
      ),

    'integrationKey.create': ({ name }) =>
      asAdministrator(async ({ relay }) =>
        answer(await relay.createIntegrationKey({ id: newId(), name }), ({ id, key }) => ({ id, key })),
      ),

    'integrationKey.delete': ({ id }) =>
      asAdministrator(async ({ relay }) => answer(await relay.deleteIntegrationKey({ id }), () => ({}))),
  };
}
