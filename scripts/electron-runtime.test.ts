import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron } from '@playwright/test';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Display, openDisplay } from './display.ts';
import type { ElectronRuntime } from './electron-runtime.ts';
import { prepareMachine } from './prepare.ts';

const probeApp = path.join(import.meta.dirname, 'testing', 'probe-app');
let runtime: ElectronRuntime;
let display: Display;
let folder: string;

beforeAll(async () => {
  runtime = await prepareMachine((line) => void process.stderr.write(`${line}\n`));
  display = await openDisplay();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-probe-'));
}, 10 * 60_000);

afterAll(() => {
  display.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

test(
  'starts an app folder under Playwright, with SQLite and a chosen profile',
  { timeout: 60_000 },
  async () => {
    const databaseFile = path.join(folder, 'probe.db');
    const profile = path.join(folder, 'profile');
    const app = await _electron.launch({
      executablePath: runtime.executablePath,
      args: [...runtime.launchArguments, probeApp, `--user-data-dir=${profile}`],
      env: {
        ...(process.env as Record<string, string>),
        ...display.environment,
        PROBE_DATABASE: databaseFile,
      },
    });
    try {
      const window = await app.firstWindow();
      expect(await window.textContent('p')).toBe('hola');
      expect(await app.evaluate(() => (globalThis as { probe?: unknown }).probe)).toEqual({
        name: 'Probe',
        version: '1.2.3',
        appPath: probeApp,
        userData: profile,
        isPackaged: false,
      });
      expect(await app.evaluate(() => process.versions.electron)).toBe(runtime.version);
    } finally {
      await app.close();
    }

    // The same native file serves this Node, and what Electron wrote is no plain SQLite.
    expect(fs.readFileSync(databaseFile).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3');
    const database = new Database(databaseFile);
    database.pragma("cipher='aegis'");
    database.pragma("key='probe'");
    expect(database.prepare('SELECT text FROM greetings').all()).toEqual([{ text: 'hola' }]);
    database.close();
  },
);
