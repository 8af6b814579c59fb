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
