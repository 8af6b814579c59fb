import { v7 } from 'uuid';
import { z } from 'zod';

/**
 * Every entity and command is named by a UUIDv7 made by whoever creates it, so an offline app can create
 * things; its leading timestamp keeps index inserts close to append order.
 */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

/** A fresh UUIDv7 in its canonical lower-case form. */
export function newId(): Id {
  return v7();
}
