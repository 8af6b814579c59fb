/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

/** Milliseconds with one decimal, as results print them. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

export function summary(samples: readonly number[]): { p50: number; p95: number; max: number } {
  return {
    p50: rounded(percentile(samples, 0.5)),
    p95: rounded(percentile(samples, 0.95)),
    max: rounded(Math.max(...samples)),
  };
}

/** Where a benchmark is, for the person who waits; the result alone goes to standard output. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Milliseconds with two decimals: what is asked of the store takes a fraction of one. */
export interface Spread {
  p50: number;
  p95: number;
  p99: number;
}

export function spread(samples: readonly number[]): Spread {
  const at = (share: number) => Math.round(percentile(samples, share) * 100) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
