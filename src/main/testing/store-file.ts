import { join } from 'node:path';
import { createKeyFile } from '../services/key-file.ts';
import { openForWriting } from '../store/open.ts';
import type { TestProfile } from './app.ts';

/** The closed database of a profile, opened to be spoiled. */
export async function openStoreFile(
  profile: TestProfile,
): Promise<{ run(sql: string): void; close(): void }> {
  const keyFile = createKeyFile({ file: join(profile.paths.data, 'key.json'), vault: profile.vault });
  const loaded = await keyFile.load();
  if (loaded.state !== 'ready') throw new Error('there is no key');
  const connection = openForWriting(join(profile.paths.data, 'recado.db'), loaded.key);
  return {
    run: (sql) => void connection.exec(sql),
    close: () => void connection.close(),
  };
}
