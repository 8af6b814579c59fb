import {
  BLOCK_STATES,
  toEpoch,
  toTimestamp,
  type Conversation,
  type ConversationFacts,
} from '@recado/protocol';

const DIRECTIONS = ['inbound', 'outbound'] as const;

/** The facts protocol's rules work with, times as numbers. Unknown handlers count as people. */
export function factsOf(conversation: Conversation): ConversationFacts {
  return {
    spam: conversation.spam,
    closed: conversation.closed,
    handler: conversation.handler === 'bot' ? 'bot' : 'human',
    lastInboundSentAt: toEpoch(conversation.lastInboundSentAt),
    windowExpiresAt: toEpoch(conversation.windowExpiresAt),
    lastInteractionAt: toEpoch(conversation.lastInteractionAt),
    lastMessageDirection:
      DIRECTIONS.find((direction) => direction === conversation.lastMessageDirection) ?? null,
    unread: conversation.unread,
    blockState: BLOCK_STATES.find((state) => state === conversation.blockState) ?? 'none',
  };
}

/** The conversation with other facts. */
export function withFacts(conversation: Conversation, facts: ConversationFacts): Conversation {
  return {
    ...conversation,
    ...facts,
    lastInboundSentAt: toTimestamp(facts.lastInboundSentAt),
    windowExpiresAt: toTimestamp(facts.windowExpiresAt),
    lastInteractionAt: toTimestamp(facts.lastInteractionAt),
  };
}
