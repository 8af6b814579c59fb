import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_STATUSES, isRetryable, nextMessageStatus, type MessageStatus } from './message-status.ts';

const anyStatus = fc.constantFrom(...MESSAGE_STATUSES);

describe('message status', () => {
  it.each<[MessageStatus, MessageStatus, MessageStatus]>([
    ['queued', 'sent', 'sent'],
    ['unknown', 'sent', 'sent'],
    ['delivered', 'sent', 'delivered'],
    ['read', 'delivered', 'read'],
    ['sent', 'failed', 'failed'],
    ['failed', 'sent', 'failed'],
    ['failed', 'delivered', 'delivered'],
    ['read', 'failed', 'read'],
    ['cancelled', 'failed', 'cancelled'],
    ['read', 'played', 'played'],
  ])('%s then %s is %s', (current, reported, expected) => {
    expect(nextMessageStatus(current, reported)).toBe(expected);
  });

  it('ends the same whatever the order and repetition of receipts that climb', () => {
    const receipts = fc.array(
      fc.constantFrom<MessageStatus>('sent', 'delivered', 'read', 'played', 'failed'),
    );
    fc.assert(
      fc.property(receipts, (reported) => {
        const end = (order: MessageStatus[]) => order.reduce(nextMessageStatus, 'queued' as MessageStatus);
        expect(end([...reported].reverse())).toBe(end(reported));
        expect(end([...reported, ...reported])).toBe(end(reported));
      }),
    );
  });

  it('never goes back to before it was sent', () => {
    fc.assert(
      fc.property(
        anyStatus.filter((status) => status !== 'scheduled'),
        (status) => nextMessageStatus(status, 'queued') === status,
      ),
    );
    fc.assert(fc.property(anyStatus, (status) => nextMessageStatus(status, 'scheduled') === status));
  });

  it('offers another try only for what failed', () => {
    expect(MESSAGE_STATUSES.filter(isRetryable)).toEqual(['failed']);
  });
});
