import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../shared/contract/index.ts';
import { INITIAL_QUERY } from '../stores/inbox-query.ts';
import { createClient } from './client.ts';

/** A client over a bridge that always gives `answer`, with what it reported and a way to send it events. */
function clientOver(answer: () => unknown) {
  let heard: (payload: never) => void = () => {};
  const bridge: Bridge = {
    call: (async () => answer()) as never,
    on: (_name, listener) => {
      heard = listener as never;
      return () => {};
    },
  };
  const reports: string[] = [];
  const client = createClient(bridge, (message) => reports.push(message));
  return { client, reports, emit: (payload: unknown) => heard(payload as never) };
}

const page = { query: INITIAL_QUERY, before: null, limit: 5 };
const internal = { ok: false, error: { code: 'internal' } };

describe('client', () => {
  it('gives parsed data', async () => {
    const { client } = clientOver(() => ({ ok: true, data: { rows: [], next: null } }));
    expect(await client.call('inbox.page', page)).toEqual({ ok: true, data: { rows: [], next: null } });
  });

  it('answers internal, and reports nothing of the values, when the shape is wrong', async () => {
    const { client, reports } = clientOver(() => ({ ok: true, data: { rows: 'Lucía', next: null } }));
    expect(await client.call('inbox.page', page)).toEqual(internal);
    expect(reports.join()).toContain('rows');
    expect(reports.join()).not.toContain('Lucía');
  });

  it.each([
    [
      { code: 'unsent_work', count: 2 },
      { code: 'unsent_work', count: 2 },
    ],
    [{ code: 'one nobody knows' }, { code: 'internal' }],
  ])('passes on the refusal %j as %j', async (error, expected) => {
    const { client } = clientOver(() => ({ ok: false, error }));
    expect(await client.call('app.state', {})).toEqual({ ok: false, error: expected });
  });

  it('turns an exception into a reply', async () => {
    const { client } = clientOver(() => {
      throw new Error('closed');
    });
    expect(await client.call('app.state', {})).toEqual(internal);
  });

  it('keeps events of a wrong shape from listeners', () => {
    const { client, reports, emit } = clientOver(() => null);
    const heard: unknown[] = [];
    client.on('changed', (payload) => heard.push(payload));
    emit({ conversationIds: 'all' });
    emit({ conversationIds: [], overflow: true, isLive: false });
    expect(heard).toEqual([{ conversationIds: [], overflow: true, isLive: false }]);
    expect(reports).toHaveLength(1);
  });
});
