import { expect, test } from 'vitest';
import { fileSize } from './file-size.ts';

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [214 * 1_024, '214 kB'],
  [1.25 * 1_024 * 1_024, '1,3 MB'],
  // WhatsApp's limits, as its pages name them.
  [16 * 1_024 * 1_024, '16 MB'],
  [100 * 1_024 * 1_024, '100 MB'],
])('%d bytes are %s', (bytes, words) => {
  expect(fileSize(bytes, 'es')).toBe(words);
});
