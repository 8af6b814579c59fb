import { spawn } from 'node:child_process';

/** What a finished command said; `exitCode` is null when it was ended by a signal or could not start. */
export type CommandResult = { exitCode: number | null; stdout: string; stderr: string };

/** Runs a command to its end and gathers its output. Never throws: a missing program has exit code null. */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: { cwd?: string; environment?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => resolve({ exitCode: null, stdout, stderr: `${stderr}${error.message}` }));
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** As `runCommand`, but a failure throws an error that names the step and ends with the last lines of output. */
export async function runOrThrow(
  step: string,
  ...call: Parameters<typeof runCommand>
): Promise<CommandResult> {
  const result = await runCommand(...call);
  if (result.exitCode !== 0) {
    const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${step} failed: ${call[0]} ${call[1].join(' ')}\n${output}`);
  }
  return result;
}
