import { entities } from '@recado/protocol';
import { expect, it } from 'vitest';
import { createTestStore } from '../testing.ts';

it('counts every kind of entity the relay counts: one left out would never agree', () => {
  const { read, write } = createTestStore();
  write.beginSnapshot({ seq: 1, expected: 0 });
  write.endSnapshot({ seq: 1 });
  const checksums = read.checksums({ fromOrdinal: 0 });
  expect(Object.keys(checksums?.entities ?? {}).sort()).toEqual(Object.keys(entities).sort());
});
