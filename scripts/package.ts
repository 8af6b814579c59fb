// `npm run package [-- <arguments for electron-builder>]`: what a clinic installs. Without arguments the unpacked
// Linux folder; Windows and macOS packages are built on those systems with --win and --mac.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.ts';
import { prepareMachine } from './prepare.ts';
import { repositoryFolder } from './runtime/folders.ts';
import { exitOf, findProgram, runAsProgram } from './runtime/program.ts';

const help = `Usage: npm run package [-- [--drivable] <arguments for electron-builder>]

Builds the app and packages it into dist/: the unpacked Linux folder unless told otherwise (--win, --mac).

  --drivable   leave the door open that Playwright needs; never for a release
`;

const packageArguments = process.argv.slice(2);
if (packageArguments.includes('--help')) process.stdout.write(help);
else await runAsProgram(packageApp);

async function packageApp(log: (line: string) => void): Promise<number> {
  const runtime = await prepareMachine(log);
  const { exitCode, stdout, stderr } = await build();
  if (exitCode !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);

  const isDrivable = packageArguments.includes('--drivable');
  const passedOn = packageArguments.filter((argument) => argument !== '--drivable');
  const builder = spawn(
    process.execPath,
    [
      findProgram('electron-builder'),
      ...(passedOn.length > 0 ? passedOn : ['--linux', 'dir']),
      '--publish=never',
      `--config.electronVersion=${runtime.version}`,
      ...(runtime.flavour === 'npm-fallback'
        ? [`--config.electronDist=${path.dirname(runtime.executablePath)}`]
        : []),
      ...(isDrivable ? ['--config.electronFuses.enableNodeCliInspectArguments=true'] : []),
    ],
    { cwd: repositoryFolder, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return exitOf(builder);
}
