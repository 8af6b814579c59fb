import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Id } from '@recado/protocol';

/** What the demo must remember from one start to the next. */
const DemoState = z.object({
  clinicId: Id,
  appSecret: z.string(),
  verifyToken: z.string(),
  secretKey: z.string(),
  accessToken: z.string(),
  operatorToken: z.string(),
});
export type DemoState = z.infer<typeof DemoState>;
export type DemoSecrets = Omit<DemoState, 'clinicId'>;

/** Where this person's demo clinic lives, as their system wants it. */
export function demoFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'recado-demo');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'recado-demo');
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'recado-demo');
  }
}

const file = (folder: string) => join(folder, 'demo.json');

/** The state of an earlier start; null when there is none that can be read. */
export async function readDemoState(folder: string): Promise<DemoState | null> {
  try {
    return DemoState.parse(JSON.parse(await readFile(file(folder), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeDemoState(folder: string, state: DemoState): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(file(folder), JSON.stringify(state), { mode: 0o600 });
}

export function newDemoSecrets(): DemoSecrets {
  const secret = () => randomBytes(32).toString('base64url');
  return {
    appSecret: secret(),
    verifyToken: secret(),
    secretKey: secret(),
    accessToken: secret(),
    operatorToken: secret(),
  };
}
