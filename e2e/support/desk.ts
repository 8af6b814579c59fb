import { _electron, expect, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestAgent } from '../../relay/sandbox/testing/relay.ts';
import type { ElectronRuntime } from '../../scripts/electron-runtime.ts';
import { inbox } from './inbox.ts';

const APP_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

/** One PC at the front desk: the real app on a profile folder of its own. */
export interface Desk {
  readonly window: Page;
  readonly app: ElectronApplication;
  readonly profile: string;
  /** Fills in the first-run screen and waits for the inbox. */
  signIn(
    relayUrl: string,
    agent: Pick<TestAgent, 'email' | 'password'>,
    options?: { withinMs?: number },
  ): Promise<void>;
  /** Closes the app as a person would. */
  quit(): Promise<void>;
  /** Kills the app as a power cut would. */
  crash(): Promise<void>;
  /** Starts it again on the same profile. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and removes the profile. */
  close(): Promise<void>;
}

export interface DeskOptions {
  runtime: ElectronRuntime;
  environment?: Record<string, string>;
  /** More switches for Chromium. */
  switches?: string[];
  size?: { width: number; height: number };
  /** Hold back what is sent for some seconds, as the app does at first; stories that do not undo would only wait. */
  undoesSending?: boolean;
}

export async function openDesk({
  runtime,
  environment = {},
  switches = [],
  size,
  undoesSending = false,
}: DeskOptions): Promise<Desk> {
  const profile = await mkdtemp(join(tmpdir(), 'recado-desk-'));
  const launch = async () => {
    const app = await _electron.launch({
      executablePath: runtime.executablePath,
      args: [...runtime.launchArguments, APP_FOLDER, `--user-data-dir=${profile}`, ...switches],
      env: { ...(process.env as Record<string, string>), ...environment },
    });
    const window = await app.firstWindow();
    if (size !== undefined) {
      await app.evaluate(({ BrowserWindow }, { width, height }) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
      }, size);
    }
    return { app, window, process: app.process() };
  };
  let running = await launch();
  const exited = () =>
    new Promise<void>((resolve) => {
      const { process } = running;
      if (process.exitCode !== null || process.signalCode !== null) resolve();
      else process.once('exit', () => resolve());
    });
  const quit = async () => {
    await running.app.close().catch(() => undefined);
    await exited();
  };
  const start = async () => {
    running = await launch();
  };

  return {
    get window() {
      return running.window;
    },
    get app() {
      return running.app;
    },
    profile,
    async signIn(relayUrl, agent, { withinMs } = {}) {
      const { window } = running;
      if (!undoesSending) {
        await window.evaluate(() => {
          localStorage.setItem('recado.layout', JSON.stringify({ undoesSending: false }));
        });
        await window.reload();
      }
      await window.getByLabel('Dirección del servidor').fill(relayUrl);
      await window.getByLabel('Correo electrónico').fill(agent.email);
      await window.getByLabel('Contraseña', { exact: true }).fill(agent.password);
      await window.getByRole('button', { name: 'Entrar' }).click();
      await expect(inbox(window).upToDate()).toBeVisible(withinMs === undefined ? {} : { timeout: withinMs });
    },
    quit,
    async crash() {
      running.process.kill('SIGKILL');
      await exited();
    },
    start,
    async restart() {
      await quit();
      await start();
    },
    async close() {
      await quit();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
