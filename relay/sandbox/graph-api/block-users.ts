import type { BusinessNumber } from './webhook-body.ts';
import { pairKey, type World } from './world.ts';

export type BlockMethod = 'GET' | 'POST' | 'DELETE';

/** Blocks and unblocks people; only those who wrote within the last 24 hours can be blocked, failures are listed apart. */
export function blockUsers(
  world: World,
  number: BusinessNumber,
  method: BlockMethod,
  named: ({ user: string } | { user_id: string })[],
) {
  if (method === 'GET') {
    const prefix = `${number.id} `;
    const blocked = [...world.blocked].filter((key) => key.startsWith(prefix));
    return {
      data: blocked.map((key) => ({
        messaging_product: 'whatsapp',
        user_id: key.slice(prefix.length),
      })),
    };
  }
  const done: object[] = [];
  const failed: object[] = [];
  for (const entry of named) {
    const input = 'user' in entry ? entry.user : entry.user_id;
    const user = world.directory.find(input);
    if (!user || (method === 'POST' && !world.windowOpen(number.id, user))) {
      failed.push({
        input,
        errors: [{ code: 139102, message: 'The user has not written within the last 24 hours.' }],
      });
      continue;
    }
    if (method === 'POST') world.blocked.add(pairKey(number.id, user));
    else world.blocked.delete(pairKey(number.id, user));
    done.push({
      input,
      ...(user.phone === null ? {} : { wa_id: user.phone.slice(1) }),
      user_id: user.userId,
    });
  }
  return {
    messaging_product: 'whatsapp',
    block_users: {
      [method === 'POST' ? 'added_users' : 'removed_users']: done,
      ...(failed.length === 0 ? {} : { failed_users: failed }),
    },
  };
}
