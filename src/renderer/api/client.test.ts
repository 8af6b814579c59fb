import { describe, expect, it, vi } from 'vitest';
import type { Bridge } from '../../shared/contract/index.ts';
import { createClient } from './client.ts';

function bridgeAnswering(answer: () => unknown): Bridge & { emit(payload: unknown): void } {
  let heard: (payload: never) => void = () => {};
  return {
    call: (async () => answer()) as never,
    on: (_name, listener) => {
      heard = listener as never;
      return () => {};
    },
    emit: (payload) => heard(payload as never),
  };
}

describe('client', () => {
  it('gives parsed data', async () => {
    const client = createClient(bridgeAnswering(() => ({ ok: true, data: { rows: [], next: null } })));
    expect(await client.call('inbox.page', { filter: 'received', before: null, limit: 5 })).toEqual({
      ok: true,
      data: { rows: [], next: null },
    });
  });

  it('answers internal, and says nothing of the values, when the shape is wrong', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const client = createClient(bridgeAnswering(() => ({ ok: true, data: { rows: 'Lucía', next: null } })));
    expect(await client.call('inbox.page', { filter: 'received', before: null, limit: 5 })).toEqual({
      ok: false,
      error: { code: 'internal' },
    });
    expect(JSON.stringify(log.mock.calls)).not.toContain('Lucía');
    log.mockRestore();
  });

  it('passes on refusals and turns unknown ones and exceptions into internal', async () => {
    const refused = createClient(
      bridgeAnswering(() => ({ ok: false, error: { code: 'unsent_work', count: 2 } })),
    );
    expect(await refused.call('app.state', {})).toEqual({
      ok: false,
      error: { code: 'unsent_work', count: 2 },
    });
    const unknown = createClient(bridgeAnswering(() => ({ ok: false, error: { code: 'new_one' } })));
    expect(await unknown.call('app.state', {})).toEqual({ ok: false, error: { code: 'internal' } });
    const broken = createClient(
      bridgeAnswering(() => {
        throw new Error('closed');
      }),
    );
    expect(await broken.call('app.state', {})).toEqual({ ok: false, error: { code: 'internal' } });
  });

  it('keeps events of a wrong shape from listeners', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const bridge = bridgeAnswering(() => null);
    const heard: unknown[] = [];
    createClient(bridge).on('changed', (payload) => heard.push(payload));
    bridge.emit({ conversationIds: 'all' });
    bridge.emit({ conversationIds: [], overflow: true, isLive: false });
    expect(heard).toEqual([{ conversationIds: [], overflow: true, isLive: false }]);
    log.mockRestore();
  });
});
