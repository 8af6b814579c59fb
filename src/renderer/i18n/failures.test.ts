import { RefusalCode } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../shared/contract/index.ts';
import { failureKey } from './failures.ts';
import { catalogues, createI18n } from './i18n.ts';

/** Every code Meta documents for messages a clinic sends. */
const META_CODES = [
  131047, 131026, 131049, 131050, 131051, 131052, 131053, 131056, 130429, 131048, 131064, 80007, 4, 130472, 130403,
  130497, 131021, 131030, 131008, 131009, 100, 135000, 131000, 131016, 1, 2, 131057, 2494100, 131042, 132000, 132001,
  132005, 132007, 132012, 132018, 132015, 132016, 132068, 132069, 131062, 131063, 131060, 133010, 131045, 33, 131031,
  368, 131037, 137000, 190, 0, 3, 10, 200, 250, 299, 131005, 133005, 133006, 133008, 133009, 133015, 133016,
].map(String); // prettier-ignore

describe('failureKey', () => {
  it.each([...META_CODES, ...Object.values(RefusalCode)])('has its own sentence for %s', (code) => {
    expect(failureKey(code)).not.toMatch(/\.(?:other|none)$/u);
  });

  it.each(['999999', 'toString', '__proto__', '1e3'])('names a code nobody knows: %s', (code) => {
    expect(failureKey(code)).toBe('failures.other');
    expect(createI18n('es').t(failureKey(code) as never, { code } as never)).toContain(code);
  });

  it.each([null, ''])('has a sentence when there is no code', (code) => {
    expect(failureKey(code)).toBe('failures.none');
  });
});

describe('answers of a call', () => {
  it.each(ERROR_CODES)('%s has a sentence in every language', (code) => {
    expect(catalogues.es.errors[code]).toBeTruthy();
    expect(catalogues.en.errors[code]).toBeTruthy();
  });
});
