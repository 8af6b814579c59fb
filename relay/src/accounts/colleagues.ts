import {
  toTimestamp,
  type AccessCode,
  type Id,
  type InviteRequest,
  type RedeemRequest,
} from '@recado/protocol';
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Client, Database } from '../db/database.ts';
import type { Doorbell } from '../feed/doorbell.ts';
import { recordChange } from '../feed/record.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import { ACCESS_CODE_LIFETIME_MS, newAccessCode, readAccessCode } from './access-codes.ts';
import { isDuplicate } from './duplicates.ts';
import { hashPassword } from './passwords.ts';
import { hashToken, newToken } from './secrets.ts';
import { endSessions, openSession, type SignIn } from './sessions.ts';
import type { LoginThrottle } from './throttle.ts';

export type Invitation =
  { outcome: 'invited'; accessCode: AccessCode } | { outcome: 'emailTaken' } | { outcome: 'idTaken' };

interface ColleaguesDeps {
  database: Database;
  write: WriteToClinic;
  throttle: LoginThrottle;
  clock: Clock;
  /** Rung when sessions have ended, so that what is open on them ends too. */
  sessionsBell: Doorbell;
}

/** Nobody's access code: compared with where there is none, so that the time does not tell. */
const NOBODY = hashToken(newToken());

/** Gives an agent a new code, in the transaction of `client`; any earlier one is worth nothing from then on. */
export async function giveAccessCode(
  client: Client,
  { clinicId, agentId, now }: { clinicId: Id; agentId: Id; now: number },
): Promise<AccessCode> {
  const accessCode = newAccessCode();
  const expiresAt = toTimestamp(now + ACCESS_CODE_LIFETIME_MS);
  await client.query(
    `insert into access_codes (clinic_id, agent_id, code_hash, expires_at) values ($1, $2, $3, $4)
     on conflict (clinic_id, agent_id) do update
       set code_hash = excluded.code_hash, expires_at = excluded.expires_at`,
    [clinicId, agentId, hashToken(readAccessCode(accessCode)), expiresAt],
  );
  return { accessCode, expiresAt };
}

/** Administrators let colleagues in: with a code that is shown once, kept hashed, and good for one choice of password. */
export function createColleagues({ database, write, throttle, clock, sessionsBell }: ColleaguesDeps) {
  const giveCode = (client: Client, clinicId: Id, agentId: Id) =>
    giveAccessCode(client, { clinicId, agentId, now: clock.now() });

  return {
    /** Makes a colleague known. A repeat, whose first answer may have been lost, gives a new code. */
    async invite(clinicId: Id, { agentId, name, email, role }: InviteRequest): Promise<Invitation> {
      try {
        return await write(clinicId, async (client) => {
          const { rows } = await client.query<{ email: string; invited: boolean }>(
            'select email, invited from agents where clinic_id = $1 and id = $2',
            [clinicId, agentId],
          );
          const [known] = rows;
          if (known) {
            if (!known.invited || known.email !== email) return { outcome: 'idTaken' };
          } else {
            const version = await recordChange(client, { clinicId, entity: 'agent', id: agentId });
            await client.query(
              `insert into agents (clinic_id, id, email, name, role, active, invited, version, created_at)
               values ($1, $2, $3, $4, $5, false, true, $6, $7)`,
              [clinicId, agentId, email, name, role, version, toTimestamp(clock.now())],
            );
          }
          return { outcome: 'invited', accessCode: await giveCode(client, clinicId, agentId) };
        });
      } catch (error) {
        if (isDuplicate(error)) return { outcome: 'emailTaken' };
        throw error;
      }
    },

    /** A new code for somebody who lost the old one, or the password. Null for who is not, or no longer, of the clinic. */
    async renewCode(clinicId: Id, agentId: Id): Promise<AccessCode | null> {
      return write(clinicId, async (client) => {
        const { rowCount } = await client.query(
          'select from agents where clinic_id = $1 and id = $2 and (active or invited)',
          [clinicId, agentId],
        );
        return rowCount ? giveCode(client, clinicId, agentId) : null;
      });
    },

    /**
     * Sets the password and opens a session; all sessions of before end. `address` is where the request came from: wrong
     * codes count like wrong passwords.
     */
    async redeem(request: RedeemRequest, address: string): Promise<SignIn> {
      const retryAfterSeconds = await throttle.begin(request.email, address);
      if (retryAfterSeconds > 0) return { outcome: 'throttled', retryAfterSeconds };
      const { rows } = await database.asSystem((client) =>
        client.query<{ clinic_id: Id; id: Id; code_hash: Buffer }>(
          `select agents.clinic_id, id, code_hash
           from agents join access_codes on access_codes.clinic_id = agents.clinic_id and agent_id = id
           where email = $1 and (active or invited) and expires_at > $2`,
          [request.email, toTimestamp(clock.now())],
        ),
      );
      const agent = rows[0];
      const codeHash = hashToken(readAccessCode(request.accessCode));
      const right = timingSafeEqual(codeHash, agent?.code_hash ?? NOBODY);
      if (!agent || !right) return { outcome: 'refused' };

      const passwordHash = await hashPassword(request.password);
      const session = await write(agent.clinic_id, async (client) => {
        const who = [agent.clinic_id, agent.id];
        // Whoever comes second with the same code, or after it was taken back, finds it gone.
        const used = await client.query(
          'delete from access_codes where clinic_id = $1 and agent_id = $2 and code_hash = $3',
          [...who, codeHash],
        );
        if (!used.rowCount) return null;
        await client.query('update agents set password_hash = $3 where clinic_id = $1 and id = $2', [
          ...who,
          passwordHash,
        ]);
        const entered = await client.query(
          'update agents set active = true, invited = false where clinic_id = $1 and id = $2 and invited',
          who,
        );
        if (entered.rowCount) {
          const version = await recordChange(client, {
            clinicId: agent.clinic_id,
            entity: 'agent',
            id: agent.id,
          });
          await client.query('update agents set version = $3 where clinic_id = $1 and id = $2', [
            ...who,
            version,
          ]);
        }
        await endSessions(client, { clinicId: agent.clinic_id, agentId: agent.id, now: clock.now() });
        return openSession(client, {
          device: request.device,
          clinicId: agent.clinic_id,
          agentId: agent.id,
          now: clock.now(),
        });
      });
      if (!session) return { outcome: 'refused' };
      await throttle.succeeded(request.email);
      sessionsBell.ring(agent.clinic_id);
      return { outcome: 'signedIn', session };
    },
  };
}
export type Colleagues = ReturnType<typeof createColleagues>;
