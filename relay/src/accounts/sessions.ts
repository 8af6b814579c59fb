import {
  Agent,
  Clinic,
  toTimestamp,
  type Device,
  type Id,
  type Session,
  type SessionRequest,
  type SignedDevice,
} from '@recado/protocol';
import type { Clock } from '../clock.ts';
import type { Client, Database } from '../db/database.ts';
import type { Doorbell } from '../feed/doorbell.ts';
import { verifyPassword } from './passwords.ts';
import { hashToken, newToken } from './secrets.ts';
import type { LoginThrottle } from './throttle.ts';

/** Who is speaking, as proved by a token. */
export interface Identity {
  clinicId: Id;
  agentId: Id;
  agentName: string;
  /** What the agent may do: `admin` or `agent`. */
  role: string;
  deviceId: Id;
}

export type SignIn =
  | { outcome: 'signedIn'; session: Session }
  | { outcome: 'refused' }
  | { outcome: 'throttled'; retryAfterSeconds: number };

interface SessionsDeps {
  database: Database;
  throttle: LoginThrottle;
  clock: Clock;
  /** Rung when sessions have ended, so that what is open on them ends too. */
  sessionsBell: Doorbell;
}

/** Opens a session for an agent on a device, in the transaction of `client`. */
export async function openSession(
  client: Client,
  { device, clinicId, agentId, now }: { device: Device; clinicId: Id; agentId: Id; now: number },
): Promise<Session> {
  const token = newToken();
  await client.query(
    `insert into devices (clinic_id, id, agent_id, name, platform, app_version, created_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7)
     on conflict (clinic_id, agent_id, id) do update
       set name = excluded.name, platform = excluded.platform, app_version = excluded.app_version,
           last_seen_at = excluded.last_seen_at`,
    [clinicId, device.id, agentId, device.name, device.platform, device.appVersion, toTimestamp(now)],
  );
  await client.query(
    `insert into sessions (token_hash, clinic_id, agent_id, device_id, created_at)
     values ($1, $2, $3, $4, $5)`,
    [hashToken(token), clinicId, agentId, device.id, toTimestamp(now)],
  );
  const { rows } = await client.query<{ agent: unknown; clinic: unknown }>(
    `select (select data from wire_agent where clinic_id = $1 and id = $2) as agent,
            (select data from wire_clinic where clinic_id = $1) as clinic`,
    [clinicId, agentId],
  );
  return { token, agent: Agent.parse(rows[0]?.agent), clinic: Clinic.parse(rows[0]?.clinic) };
}

/** Ends every session of an agent, in the transaction of `client`. The caller rings the sessions' bell afterwards. */
export async function endSessions(
  client: Client,
  { clinicId, agentId, now }: { clinicId: Id; agentId: Id; now: number },
): Promise<void> {
  await client.query(
    'update sessions set revoked_at = $3 where clinic_id = $1 and agent_id = $2 and revoked_at is null',
    [clinicId, agentId, toTimestamp(now)],
  );
}

export function createSessions({ database, throttle, clock, sessionsBell }: SessionsDeps) {
  return {
    /** `address` is where the request came from. An unknown e-mail address takes as long as a wrong password. */
    async signIn(request: SessionRequest, address: string): Promise<SignIn> {
      const retryAfterSeconds = await throttle.begin(request.email, address);
      if (retryAfterSeconds > 0) return { outcome: 'throttled', retryAfterSeconds };
      const { rows } = await database.asSystem((client) =>
        client.query<{ clinic_id: Id; id: Id; password_hash: string | null }>(
          'select clinic_id, id, password_hash from agents where email = $1 and active',
          [request.email],
        ),
      );
      const agent = rows[0];
      const right = await verifyPassword(request.password, agent?.password_hash ?? null);
      if (!agent || !right) return { outcome: 'refused' };
      await throttle.succeeded(request.email);
      const session = await database.inClinic(agent.clinic_id, (client) =>
        openSession(client, {
          device: request.device,
          clinicId: agent.clinic_id,
          agentId: agent.id,
          now: clock.now(),
        }),
      );
      return { outcome: 'signedIn', session };
    },

    /** Who holds the token, or null when it is unknown, revoked, or its agent is no longer active. */
    async identify(token: string): Promise<Identity | null> {
      const { rows } = await database.asSystem((client) =>
        client.query<{ clinic_id: Id; agent_id: Id; name: string; role: string; device_id: Id }>(
          `select sessions.clinic_id, agent_id, agents.name, agents.role, device_id
           from sessions join agents on agents.clinic_id = sessions.clinic_id and agents.id = agent_id
           where token_hash = $1 and revoked_at is null and active`,
          [hashToken(token)],
        ),
      );
      const row = rows[0];
      if (!row) return null;
      return {
        clinicId: row.clinic_id,
        agentId: row.agent_id,
        agentName: row.name,
        role: row.role,
        deviceId: row.device_id,
      };
    },

    /** Whether the token is of a device that was revoked: then its holder is to erase what it has. */
    async isOfRevokedDevice(token: string): Promise<boolean> {
      const { rowCount } = await database.asSystem((client) =>
        client.query('select from sessions where token_hash = $1 and device_revoked', [hashToken(token)]),
      );
      return Boolean(rowCount);
    },

    /** Every device somebody of the clinic has signed in on, the latest first. */
    async listDevices(clinicId: Id): Promise<SignedDevice[]> {
      const { rows } = await database.inClinic(clinicId, (client) =>
        client.query<
          Omit<SignedDevice, 'createdAt' | 'lastSeenAt'> & { createdAt: number; lastSeenAt: number }
        >(
          `select id, agent_id as "agentId", name, platform, app_version as "appVersion",
             created_at as "createdAt", last_seen_at as "lastSeenAt", exists (
               select from sessions
               where sessions.clinic_id = devices.clinic_id and sessions.agent_id = devices.agent_id
                 and device_id = devices.id and revoked_at is null) as active
           from devices where clinic_id = $1 order by last_seen_at desc, id`,
          [clinicId],
        ),
      );
      return rows.map((row) => ({
        ...row,
        createdAt: toTimestamp(row.createdAt),
        lastSeenAt: toTimestamp(row.lastSeenAt),
      }));
    },

    /**
     * Revokes a device, the asking one too: every session there ever was on it is told to erase what it has. Signing in
     * on it again begins anew. False when the clinic has no such device.
     */
    async revokeDevice(clinicId: Id, deviceId: Id): Promise<boolean> {
      const isKnown = await database.inClinic(clinicId, async (client) => {
        await client.query(
          `update sessions set revoked_at = coalesce(revoked_at, $3), device_revoked = true
           where clinic_id = $1 and device_id = $2`,
          [clinicId, deviceId, toTimestamp(clock.now())],
        );
        const { rowCount } = await client.query('select from devices where clinic_id = $1 and id = $2', [
          clinicId,
          deviceId,
        ]);
        return Boolean(rowCount);
      });
      if (isKnown) sessionsBell.ring(clinicId);
      return isKnown;
    },

    async revoke(token: string): Promise<void> {
      await database.asSystem((client) =>
        client.query('update sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null', [
          hashToken(token),
          toTimestamp(clock.now()),
        ]),
      );
    },
  };
}
export type Sessions = ReturnType<typeof createSessions>;
