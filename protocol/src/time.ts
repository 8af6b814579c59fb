import { z } from 'zod';

/** RFC 3339 in UTC with milliseconds, as every time on the wire: `2026-11-22T17:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });
export type Timestamp = z.infer<typeof Timestamp>;

/** Milliseconds since the epoch of a wire timestamp, or null. */
export function toEpoch(timestamp: Timestamp): number;
export function toEpoch(timestamp: Timestamp | null): number | null;
export function toEpoch(timestamp: Timestamp | null): number | null {
  return timestamp === null ? null : Date.parse(timestamp);
}

/** The wire form of milliseconds since the epoch, or null. */
export function toTimestamp(epoch: number): Timestamp;
export function toTimestamp(epoch: number | null): Timestamp | null;
export function toTimestamp(epoch: number | null): Timestamp | null {
  return epoch === null ? null : new Date(epoch).toISOString();
}

/** Response header with the relay's clock, milliseconds since the epoch: windows and filters follow it, never the PC's. */
export const SERVER_TIME_HEADER = 'x-server-time';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
