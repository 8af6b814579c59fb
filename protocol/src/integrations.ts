import { z } from 'zod';
import { Id } from './ids.ts';
import { Timestamp } from './time.ts';

/** Of the practice software, with an API key as bearer token. */
export const INTEGRATION_APPOINTMENTS_LIMIT = 1_000;

/** An appointment as the practice software knows it; `externalId` makes any repetition harmless. */
export const IntegrationAppointment = z.object({
  externalId: z.string().trim().min(1).max(200),
  patient: z.object({
    name: z.string().trim().min(1).max(120),
    /** As people write it; a number without prefix is one of the clinic's country. */
    phone: z.string().trim().min(3).max(40),
  }),
  /** With an offset, or without one as the clock on the clinic's wall shows it. */
  startsAt: z.string().max(40),
  treatment: z.string().trim().max(200).default(''),
  professional: z.string().trim().max(200).default(''),
  state: z.enum(['scheduled', 'confirmed', 'cancelled', 'attended', 'missed']).default('scheduled'),
});
export type IntegrationAppointment = z.infer<typeof IntegrationAppointment>;

/** `PUT /integrations/appointments`: each is taken or refused by itself. */
export const IntegrationRequest = z.object({
  appointments: z.array(z.unknown()).min(1).max(INTEGRATION_APPOINTMENTS_LIMIT),
});
export const IntegrationResult = z.object({
  /** Place in the request, from 0. */
  index: z.number().int(),
  externalId: z.string().nullable(),
  status: z.enum(['applied', 'unchanged', 'refused']),
  /** With `refused`: `invalid_phone`, `invalid_time`, `invalid_arguments`. */
  code: z.string().optional(),
  /** Which part of it, as a path. */
  field: z.string().optional(),
});
export const IntegrationResponse = z.object({ results: z.array(IntegrationResult) });

/** `GET /integration-keys` (administrators); the key itself is in the answer to `POST` alone, and kept hashed. */
export const IntegrationKey = z.object({
  id: Id,
  name: z.string().trim().min(1).max(60),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
});
export const IntegrationKeysResponse = z.object({ keys: z.array(IntegrationKey) });
export const IntegrationKeyRequest = z.object({ id: Id, name: z.string().trim().min(1).max(60) });
export const IntegrationKeyCreated = z.object({ id: Id, key: z.string() });
