import { newId, type AccessCode, type Id } from '@recado/protocol';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { toTimestamp } from '@recado/protocol';
import { recordChange } from '../feed/record.ts';
import { giveAccessCode } from './colleagues.ts';
import { isDuplicate } from './duplicates.ts';
import { hashPassword } from './passwords.ts';
import type { SecretBox } from './secrets.ts';

export interface AdministrationDeps {
  database: Database;
  secrets: SecretBox;
  clock: Clock;
}

/** Somebody already has this e-mail address, or a clinic this number. */
export class AlreadyExistsError extends Error {
  override readonly name = 'AlreadyExistsError';
}

function explainDuplicate(sentence: string) {
  return (error: unknown): never => {
    if (isDuplicate(error)) throw new AlreadyExistsError(sentence);
    throw error;
  };
}

/** Sets up clinics, agents and numbers: what the command line, the demo and the tests use. */
export function createAdministration({ database, secrets, clock }: AdministrationDeps) {
  const now = () => toTimestamp(clock.now());
  return {
    /** `timeZone` is an IANA name. */
    async createClinic(clinic: { id?: Id; name: string; timeZone?: string }): Promise<{ id: Id }> {
      const id = clinic.id ?? newId();
      await database.inClinic(id, async (client) => {
        await client.query(
          'insert into clinics (clinic_id, name, time_zone, created_at) values ($1, $2, $3, $4)',
          [id, clinic.name, clinic.timeZone ?? 'Europe/Madrid', now()],
        );
        const version = await recordChange(client, { clinicId: id, entity: 'clinic', id });
        await client.query('update clinics set version = $2 where clinic_id = $1', [id, version]);
      });
      return { id };
    },

    /** Throws AlreadyExistsError when the e-mail address is taken, in any clinic. */
    async createAgent(agent: {
      id?: Id;
      clinicId: Id;
      name: string;
      email: string;
      password: string;
      role?: 'admin' | 'agent';
    }): Promise<{ id: Id }> {
      const id = agent.id ?? newId();
      const passwordHash = await hashPassword(agent.password);
      await database
        .inClinic(agent.clinicId, async (client) => {
          const version = await recordChange(client, { clinicId: agent.clinicId, entity: 'agent', id });
          await client.query(
            `insert into agents (clinic_id, id, email, name, role, password_hash, version, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)`,
            [
              agent.clinicId,
              id,
              agent.email.trim().toLowerCase(),
              agent.name,
              agent.role ?? 'agent',
              passwordHash,
              version,
              now(),
            ],
          );
        })
        .catch(explainDuplicate('an agent with this e-mail address already exists'));
      return { id };
    },

    /** A code with which somebody chooses a new password; null when nobody active or invited has this address. */
    async giveAccessCode(email: string): Promise<AccessCode | null> {
      const { rows } = await database.asSystem((client) =>
        client.query<{ clinicId: Id; agentId: Id }>(
          `select clinic_id as "clinicId", id as "agentId" from agents
           where email = $1 and (active or invited)`,
          [email.trim().toLowerCase()],
        ),
      );
      const [agent] = rows;
      if (!agent) return null;
      return database.inClinic(agent.clinicId, (client) =>
        giveAccessCode(client, { ...agent, now: clock.now() }),
      );
    },

    /** Gives a WhatsApp number to a clinic; again for the same clinic to replace its token. */
    async connectNumber(number: {
      clinicId: Id;
      phoneNumberId: string;
      wabaId: string;
      displayPhone: string;
      accessToken: string | null;
    }): Promise<void> {
      await database
        .inClinic(number.clinicId, async (client) => {
          const version = await recordChange(client, {
            clinicId: number.clinicId,
            entity: 'clinic',
            id: number.clinicId,
          });
          await client.query('update clinics set version = $2 where clinic_id = $1', [
            number.clinicId,
            version,
          ]);
          const { rowCount } = await client.query(
            `update numbers set waba_id = $3, display_phone = $4, access_token = $5
             where phone_number_id = $1 and clinic_id = $2`,
            [
              number.phoneNumberId,
              number.clinicId,
              number.wabaId,
              number.displayPhone,
              number.accessToken === null ? null : secrets.seal(number.accessToken),
            ],
          );
          if (rowCount) return;
          await client.query(
            `insert into numbers (phone_number_id, clinic_id, waba_id, display_phone, access_token, created_at)
             values ($1, $2, $3, $4, $5, $6)`,
            [
              number.phoneNumberId,
              number.clinicId,
              number.wabaId,
              number.displayPhone,
              number.accessToken === null ? null : secrets.seal(number.accessToken),
              now(),
            ],
          );
        })
        .catch(explainDuplicate('this number already belongs to a clinic'));
    },
  };
}
export type Administration = ReturnType<typeof createAdministration>;
