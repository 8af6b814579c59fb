import { test as base } from '@playwright/test';
import { startDatabaseServer, type DatabaseServer } from '../../relay/sandbox/testing/database.ts';
import { resolveElectronRuntime, type ElectronRuntime } from '../../scripts/electron-runtime.ts';
import { createClinicWorld, type TestClinicWorld } from './clinic.ts';
import { openDesk, type Desk, type DeskOptions } from './desk.ts';

interface WorkerFixtures {
  databaseServer: DatabaseServer;
  runtime: ElectronRuntime;
}

interface TestFixtures {
  clinic: TestClinicWorld;
  /** Opens one more desk; all are closed after the test. */
  openDesk(options?: Omit<DeskOptions, 'runtime'>): Promise<Desk>;
  /** A desk already signed in at the clinic. */
  desk: Desk;
}

/** User stories run on the real app, a real relay on real PostgreSQL, and a stand-in for WhatsApp over HTTP. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  databaseServer: [
    async ({}, use) => {
      const { stop, ...server } = await startDatabaseServer();
      await use(server);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  runtime: [
    async ({}, use) => {
      await use(await resolveElectronRuntime());
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  clinic: async ({ databaseServer }, use) => {
    const clinic = await createClinicWorld(databaseServer);
    await use(clinic);
    await clinic.close();
  },
  openDesk: async ({ runtime }, use) => {
    const desks: Desk[] = [];
    await use(async (options) => {
      const desk = await openDesk({ ...options, runtime });
      desks.push(desk);
      return desk;
    });
    for (const desk of desks) await desk.close();
  },
  desk: async ({ clinic, openDesk: open }, use) => {
    const desk = await open();
    await desk.signIn(clinic.relay.url, clinic.agent);
    await use(desk);
  },
});

export { expect } from '@playwright/test';
