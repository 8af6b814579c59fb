import { defineConfig } from 'vitest/config';

const flowTests = '**/*.flow.test.ts';
const excluded = ['**/node_modules/**', 'out/**', 'dist/**'];
/** Starts one embedded PostgreSQL for the run of a project. */
const postgres = './relay/sandbox/testing/global-setup.ts';

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Most of a test's time is waiting for PostgreSQL, threads and sockets: every core is used, not all but one.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'protocol', include: ['protocol/**/*.test.ts'], exclude: excluded } },
      { test: { name: 'app', include: ['src/**/*.test.{ts,tsx}'], exclude: [...excluded, flowTests] } },
      {
        test: {
          name: 'relay',
          include: ['relay/**/*.test.ts'],
          exclude: [...excluded, flowTests],
          globalSetup: postgres,
        },
      },
      // The app's engine against a real relay, wherever the test lies.
      { test: { name: 'flow', include: [flowTests], exclude: excluded, globalSetup: postgres } },
      {
        test: { name: 'scripts', include: ['scripts/**/*.test.ts', 'bench/**/*.test.ts'], exclude: excluded },
      },
    ],
  },
});
