// better-sqlite3's shipped binary asks for Node-API 10; the fallback Electron offers 9. Compiled once as
// "experimental" it asks for no number and runs on the fallback and on Node 24 alike.
import fs from 'node:fs/promises';
import path from 'node:path';
import { compilerRequirements, ensureInstalled } from '../system-libraries.ts';
import { cacheFolder, repositoryFolder } from './folders.ts';
import { withLock } from './lock.ts';
import { runOrThrow } from './run-command.ts';

const moduleFolder = path.join(repositoryFolder, 'node_modules', 'better-sqlite3');
const shippedBinary = path.join(moduleFolder, 'prebuilds', 'linux-x64.node');
const nodeGyp = path.join(repositoryFolder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
const addonHeaders = path.join(repositoryFolder, 'node_modules', 'node-addon-api');
const compilerFlags = [
  '-UNAPI_VERSION',
  '-DNAPI_EXPERIMENTAL',
  '-DNODE_API_EXPERIMENTAL_NO_WARNING',
  '-DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT',
].join(' ');
/** To be raised when the flags or the way of building change. */
const recipe = 1;

/** Puts the binary for the fallback Electron over the shipped one, compiling it when it is not cached yet. */
export async function prepareNativeModule(log: (line: string) => void): Promise<void> {
  const cached = await cachedBinary();
  await withLock(`${cached}.lock`, async () => {
    if (!(await exists(cached))) await compile(cached, log);
    await putInPlace(cached);
  });
}

async function cachedBinary(): Promise<string> {
  const description = JSON.parse(await fs.readFile(path.join(moduleFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return path.join(cacheFolder(), `better-sqlite3-${description.version}-${recipe}-linux-x64.node`);
}

async function compile(target: string, log: (line: string) => void): Promise<void> {
  await ensureInstalled(compilerRequirements, log);
  log('Compiling better-sqlite3 for this Electron (once; a minute or two)');
  const work = await fs.mkdtemp(`${target}-building-`);
  try {
    // Not in node_modules: a build/ folder there would win over prebuilds/ for good.
    for (const part of ['binding.gyp', 'package.json', 'lib', 'src', 'deps']) {
      await fs.cp(path.join(moduleFolder, part), path.join(work, part), { recursive: true });
    }
    await fs.mkdir(path.join(work, 'node_modules'));
    await fs.symlink(addonHeaders, path.join(work, 'node_modules', 'node-addon-api'));
    const headers = await findNodeHeaders();
    await runOrThrow(
      'Compiling better-sqlite3',
      process.execPath,
      [
        nodeGyp,
        'rebuild',
        '--release',
        '--force_build=1',
        '--jobs=max',
        ...(headers ? [`--nodedir=${headers}`] : []),
      ],
      { cwd: work, environment: { ...process.env, CXXFLAGS: compilerFlags } },
    );
    await fs.rename(path.join(work, 'build', 'Release', 'better_sqlite3.node'), target);
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}

/** Headers shipped beside the running Node, so that node-gyp need not download any. */
async function findNodeHeaders(): Promise<string | undefined> {
  const platformPackage = `node-${process.platform}-${process.arch}`;
  const nodeModules = path.join(repositoryFolder, 'node_modules');
  const candidates = [
    path.dirname(path.dirname(await fs.realpath(process.execPath))),
    path.join(nodeModules, 'node', 'node_modules', platformPackage),
    path.join(nodeModules, platformPackage),
  ];
  for (const folder of candidates) {
    if (await exists(path.join(folder, 'include', 'node', 'node_api.h'))) return folder;
  }
  return undefined;
}

/** By rename, because a running process may have the old file mapped. */
async function putInPlace(binary: string): Promise<void> {
  const content = await fs.readFile(binary);
  if (content.equals(await fs.readFile(shippedBinary))) return;
  const candidate = `${shippedBinary}.${process.pid}`;
  await fs.writeFile(candidate, content, { mode: 0o755 });
  await fs.rename(candidate, shippedBinary);
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
