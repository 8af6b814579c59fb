import type { TestProject } from 'vitest/node';
import { startDatabaseServer } from './database.ts';

/** vitest's `globalSetup`: one PostgreSQL for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...server } = await startDatabaseServer();
  project.provide('databaseServer', server);
  return stop;
}
