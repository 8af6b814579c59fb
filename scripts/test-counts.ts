// Reads what the test runners report, so that the closing line of `npm test` says what really ran.

/** How many tests ended how. */
export type Counts = { passed: number; failed: number; skipped: number };

/** Nothing ran. */
export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
};

/** The sum of two counts. */
export function add(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** `N passed, N failed`, and `, N skipped` when there are any. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Counts vitest's JSON report. A test file that could not run at all counts as one failure. */
export function countVitest(report: unknown, exitCode: number): Counts {
  if (report === undefined) return atLeastOneFailure(noCounts);
  const { testResults, ...numbers } = report as VitestReport;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const counts = {
    passed: numbers.numPassedTests,
    failed: numbers.numFailedTests + brokenFiles.length,
    skipped: numbers.numPendingTests + numbers.numTodoTests,
  };
  return exitCode === 0 ? counts : atLeastOneFailure(counts);
}

/** Counts Playwright's JSON report. An error outside any test counts as one failure. */
export function countPlaywright(report: unknown, exitCode: number): Counts {
  if (report === undefined) return atLeastOneFailure(noCounts);
  const { stats, errors } = report as PlaywrightReport;
  const counts = {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
  return exitCode === 0 ? counts : atLeastOneFailure(counts);
}

/** A runner that ended badly, or left no report, must not pass for a good one. */
function atLeastOneFailure(counts: Counts): Counts {
  return { ...counts, failed: Math.max(1, counts.failed) };
}
