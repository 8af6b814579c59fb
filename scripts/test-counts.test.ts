import { describe, expect, test } from 'vitest';
import { countPlaywright, countVitest, formatCounts } from './test-counts.ts';

const vitestReport = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [{ status: 'failed' }] },
    { status: 'failed', assertionResults: [] },
  ],
};

describe('vitest', () => {
  test('a file that could not be loaded is a failure of its own', () => {
    expect(countVitest(vitestReport, 1)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  test('an error outside the tests fails a run whose tests all passed', () => {
    const clean = { ...vitestReport, numFailedTests: 0, testResults: [] };
    expect(countVitest(clean, 1)).toMatchObject({ passed: 5, failed: 1 });
    expect(countVitest(clean, 0)).toMatchObject({ passed: 5, failed: 0 });
  });

  test('no report is a failure, whatever the exit code', () => {
    expect(countVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('playwright', () => {
  test('counts tests and errors outside of them', () => {
    const report = { stats: { expected: 7, unexpected: 1, flaky: 0, skipped: 1 }, errors: [{}] };
    expect(countPlaywright(report, 1)).toEqual({ passed: 7, failed: 2, skipped: 1 });
  });

  test('no tests found is a failure', () => {
    const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [] };
    expect(countPlaywright(report, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test.each([
  [{ passed: 3, failed: 0, skipped: 0 }, '3 passed, 0 failed'],
  [{ passed: 3, failed: 1, skipped: 2 }, '3 passed, 1 failed, 2 skipped'],
])('closing line of %o', (counts, line) => {
  expect(formatCounts(counts)).toBe(line);
});
