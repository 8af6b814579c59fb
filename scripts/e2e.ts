// `npm run e2e [-- <arguments for Playwright>]`: prepares the machine, builds when needed, drives the real app.
import { spawn } from 'node:child_process';
import { ensureBuilt } from './build.ts';
import { openDisplay } from './display.ts';
import { prepareMachine } from './prepare.ts';
import { repositoryFolder } from './runtime/folders.ts';
import { findProgram, runAsProgram, superviseUntilExit } from './runtime/program.ts';

await runAsProgram(async (log) => {
  await prepareMachine(log);
  await ensureBuilt(log);
  const display = await openDisplay();
  const playwright = spawn(
    process.execPath,
    [
      findProgram('@playwright/test', 'playwright'),
      'test',
      '--config=e2e/playwright.config.ts',
      ...process.argv.slice(2),
    ],
    {
      cwd: repositoryFolder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...display.environment },
    },
  );
  const exitCode = await superviseUntilExit(playwright);
  display.stop();
  return exitCode;
});
