import { defineConfig, type ReporterDescription } from '@playwright/test';

// scripts/test.ts asks for a report it can count; a person reads the list.
const report = process.env.PLAYWRIGHT_JSON_REPORT;
const reporter: ReporterDescription[] = [['list']];
if (report) reporter.push(['json', { outputFile: report }]);

export default defineConfig({
  testDir: 'specs',
  outputDir: '../test-results',
  reporter,
  // One desk at a time: windows compete for focus and for the machine. A test that passes the second time is broken.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  globalTimeout: 20 * 60_000,
});
