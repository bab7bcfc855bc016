import type { ChatMessage, Conversation } from '@carillon/contracts';

/** The list of conversations once a chat message was sent: its conversation first, one more unread unless it is one's own. */
export function addToConversations(all: readonly Conversation[], message: ChatMessage, userId: string): Conversation[] {
  const conversation = all.find((one) => one.conversationId === message.conversationId);
  if (conversation === undefined || (conversation.lastMessage?.sequence ?? 0) >= message.sequence) return [...all];
  const own = message.authorId === userId;
  const changed: Conversation = {
    ...conversation,
    lastMessage: message,
    unread: own ? 0 : conversation.unread + 1,
    lastReadSequence: own ? message.sequence : conversation.lastReadSequence,
  };
  return [changed, ...all.filter((one) => one !== conversation)];
}
