import { z } from 'zod';
import { Agent, Clinic } from './entities.ts';
import { Id } from './ids.ts';
import { Timestamp } from './time.ts';

export const Device = z.object({
  id: Id,
  name: z.string().max(200),
  platform: z.string().max(50),
  appVersion: z.string().max(50),
});
export type Device = z.infer<typeof Device>;

/** `GET /devices`: every device somebody of the clinic has signed in on; for administrators. */
export const SignedDevice = Device.extend({
  agentId: Id,
  createdAt: Timestamp,
  /** Of the last sign-in. */
  lastSeenAt: Timestamp,
  /** Whether a session is open on it; `DELETE /devices/{id}` ends them all. */
  active: z.boolean(),
});
export type SignedDevice = z.infer<typeof SignedDevice>;
export const DevicesResponse = z.object({ devices: z.array(SignedDevice) });

/** `POST /sessions`. */
export const SessionRequest = z.object({
  email: z.string().trim().toLowerCase().max(320),
  password: z.string().min(1).max(1_000),
  device: Device,
});
export type SessionRequest = z.infer<typeof SessionRequest>;

/** The token is opaque, 256 random bits; the relay keeps only its hash. */
export const Session = z.object({ token: z.string().min(32), agent: Agent, clinic: Clinic });
export type Session = z.infer<typeof Session>;

/** `POST /agents` (administrators): makes a colleague known and hands out the code they enter with. */
export const InviteRequest = z.object({
  agentId: Id,
  name: z.string().trim().min(1).max(120),
  email: z.email().trim().toLowerCase().max(320),
  role: z.enum(['admin', 'agent']),
});
export type InviteRequest = z.infer<typeof InviteRequest>;

/**
 * Answer to `POST /agents` and `POST /agents/{id}/access-code`: a code that lets its holder choose a password once,
 * for a first sign-in or a forgotten one. Shown once, kept hashed, told by the administrator to the colleague in person.
 */
export const AccessCode = z.object({ accessCode: z.string(), expiresAt: Timestamp });
export type AccessCode = z.infer<typeof AccessCode>;

/** `POST /access-codes/redeem`: a password is chosen and a session begins; sessions of before end. */
export const RedeemRequest = SessionRequest.extend({
  /** As shown, with or without its hyphens. */
  accessCode: z.string().trim().min(1).max(100),
  password: z.string().min(10).max(1_000),
});
export type RedeemRequest = z.infer<typeof RedeemRequest>;
