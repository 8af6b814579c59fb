/**
 * What a command of this PC will do to its conversation, before the relay has said so. Predictions are never stored as
 * facts: they are worked out again on top of every newer word of the relay, and gone when the command is refused.
 */
import {
  applyConversationEvent,
  type Author,
  type Conversation,
  type KnownCommand,
  type MessagePreview,
} from '@recado/protocol';
import { factsOf, withFacts } from './conversation-facts.ts';

export interface PredictionContext {
  /** The agent signed in here, as the author of what is sent. */
  author: Author;
  /** How many messages of the patient are held above an ordinal. */
  countInboundAfter: (ordinal: number) => number;
}

/** The conversation as it will be once the relay has applied the command. */
export function predict(
  command: KnownCommand,
  conversation: Conversation,
  context: PredictionContext,
): Conversation {
  const facts = factsOf(conversation);
  switch (command.type) {
    case 'message.send': {
      const queued = applyConversationEvent(facts, { type: 'staffMessageQueued' });
      const lastMessage: MessagePreview = {
        id: command.args.messageId,
        direction: 'outbound',
        kind: 'text',
        text: command.args.text,
        author: context.author,
        sentAt: command.issuedAt,
        status: 'queued',
      };
      const lastActivityAt =
        command.issuedAt > conversation.lastActivityAt ? command.issuedAt : conversation.lastActivityAt;
      return { ...withFacts(conversation, queued), lastMessage, lastActivityAt };
    }
    case 'message.retry':
      return withFacts(conversation, applyConversationEvent(facts, { type: 'staffMessageQueued' }));
    case 'conversation.markRead': {
      const unread = context.countInboundAfter(command.args.upToOrdinal);
      return withFacts(conversation, applyConversationEvent(facts, { type: 'read', unread }));
    }
  }
}
