import { describe, expect, it } from 'vitest';
import { formatLine } from './log-line.ts';

describe('formatLine', () => {
  it.each([
    ['app.started', { version: '0.1.0', platform: 'linux' }, 'app.started version="0.1.0" platform="linux"'],
    ['store.slow', { call: 'inboxPage', durationMs: 71 }, 'store.slow call="inboxPage" durationMs=71'],
    ['call.failed', { call: 'x', text: 'Hola Lucía', phone: '+34600111222' }, 'call.failed call="x"'],
    ['x', { reason: 'a\nb"c' }, 'x reason="a\\nb\\"c"'],
    ['x', { reason: 'r'.repeat(200) }, `x reason="${'r'.repeat(80)}"`],
  ])('%s', (name, fields, expected) => {
    expect(formatLine(name, fields as never)).toBe(expected);
  });
});
