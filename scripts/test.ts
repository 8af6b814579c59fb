// `npm test`: every check there is, in order, each with its duration; the last line sums what really ran.
// A failed step does not keep the later ones from running.
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from './build.ts';
import { prepareMachine } from './prepare.ts';
import { repositoryFolder } from './runtime/folders.ts';
import { exitOf, findProgram } from './runtime/program.ts';
import { type CommandResult, runCommand } from './runtime/run-command.ts';
import { add, countPlaywright, countVitest, formatCounts, noCounts, type Counts } from './test-counts.ts';

/** A group of counts that gets a line of its own at the end. */
type Runner = 'checks' | 'vitest' | 'playwright';
type Step = { name: string; runner: Runner; run: () => Promise<Counts> };

const passed: Counts = { passed: 1, failed: 0, skipped: 0 };
const failed: Counts = { passed: 0, failed: 1, skipped: 0 };

const reports = await fs.mkdtemp(path.join(os.tmpdir(), 'recado-reports-'));
const steps: Step[] = [
  { name: 'machine', runner: 'checks', run: prepare },
  {
    name: 'formatting',
    runner: 'checks',
    run: () => check(() => node('prettier', 'prettier', '--check', '.')),
  },
  { name: 'lint', runner: 'checks', run: () => check(() => node('eslint', 'eslint')) },
  { name: 'types', runner: 'checks', run: () => check(() => node('typescript', 'tsc', '-b', '--force')) },
  { name: 'unit, SQL, relay', runner: 'vitest', run: runVitest },
  { name: 'build', runner: 'checks', run: () => check(build) },
];
if (!process.argv.includes('--without-e2e')) {
  steps.push({ name: 'end to end', runner: 'playwright', run: runPlaywright });
}

const sums = new Map<Runner, Counts>();
const lines: string[] = [];
for (const step of steps) {
  say(`\n== ${step.name}`);
  const startedAt = performance.now();
  const counts = await step.run().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    return failed;
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  lines.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(18)} ${seconds.padStart(6)} s`);
  say(lines.at(-1)!);
  sums.set(step.runner, add(sums.get(step.runner) ?? noCounts, counts));
}
await fs.rm(reports, { recursive: true, force: true });

const total = [...sums.values()].reduce(add, noCounts);
say(
  ['', ...lines, '', ...[...sums].map(([runner, counts]) => `${runner}: ${formatCounts(counts)}`)].join('\n'),
);
say(`\n${formatCounts(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Counts only when it fails: it checks the machine, not the product. */
async function prepare(): Promise<Counts> {
  const runtime = await prepareMachine(say);
  say(`Electron ${runtime.version} (${runtime.flavour}), Node ${process.versions.node}`);
  return noCounts;
}

async function check(run: () => Promise<CommandResult>): Promise<Counts> {
  const { exitCode, stdout, stderr } = await run();
  if (exitCode === 0) return passed;
  say(`${stdout}${stderr}`.trimEnd());
  return failed;
}

function node(packageName: string, program: string, ...programArguments: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [findProgram(packageName, program), ...programArguments], {
    cwd: repositoryFolder,
  });
}

async function runVitest(): Promise<Counts> {
  const report = path.join(reports, 'vitest.json');
  const vitest = [
    findProgram('vitest'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const exitCode = await show(vitest);
  return countVitest(await readReport(report), exitCode);
}

async function runPlaywright(): Promise<Counts> {
  const report = path.join(reports, 'playwright.json');
  const exitCode = await show(['scripts/e2e.ts'], { PLAYWRIGHT_JSON_REPORT: report });
  return countPlaywright(await readReport(report), exitCode);
}

/** Runs a test runner with its output shown as it comes. */
function show(nodeArguments: string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, nodeArguments, {
    cwd: repositoryFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return exitOf(child);
}

async function readReport(file: string): Promise<unknown> {
  const text = await fs.readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
