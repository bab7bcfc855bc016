import type { ChatMessage } from '@carillon/contracts';
import type { ChatMessage as ChatMessageRow } from '@carillon/database';
import type { z } from 'zod';

/** A chat message as it crosses the bus, from its row. */
export function toChatMessage(row: ChatMessageRow): z.input<typeof ChatMessage> {
  return {
    chatMessageId: row.id,
    conversationId: row.conversationId,
    sequence: row.sequence,
    authorId: row.authorId,
    body: row.body,
    sentAt: row.sentAt.toISOString(),
  };
}
