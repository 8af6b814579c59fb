import { defineConfig } from 'vitest/config';

const flowTests = '**/*.flow.test.ts';
const excluded = ['**/node_modules/**', 'out/**', 'dist/**'];
/** A machine that is busy with something else is slow, not wrong; speed is for the benchmarks. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };
/** Starts one embedded PostgreSQL for the run of a project. */
const postgres = './relay/sandbox/testing/global-setup.ts';

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Most of a test's time is waiting for PostgreSQL, threads and sockets: every core is used, not all but one.
    maxWorkers: '100%',
    projects: [
      { test: { ...patience, name: 'protocol', include: ['protocol/**/*.test.ts'], exclude: excluded } },
      {
        test: {
          ...patience,
          name: 'app',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...excluded, flowTests],
        },
      },
      {
        test: {
          ...patience,
          name: 'relay',
          include: ['relay/**/*.test.ts'],
          exclude: [...excluded, flowTests],
          globalSetup: postgres,
        },
      },
      // The app's engine against a real relay, wherever the test lies.
      { test: { ...patience, name: 'flow', include: [flowTests], exclude: excluded, globalSetup: postgres } },
      {
        test: {
          ...patience,
          name: 'scripts',
          include: ['scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: excluded,
        },
      },
    ],
  },
});
