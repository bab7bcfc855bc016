import type { Conversation } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import type { z } from 'zod';
import { toChatMessage } from './chat-row.js';

export type ConversationView = z.input<typeof Conversation>;

/** The conversations of a user (or the one named), as that user sees them; the one with the newest word first. */
export async function viewConversations(tx: Tx, userId: string, conversationId?: string): Promise<ConversationView[]> {
  const memberships = await tx.conversationMember.findMany({
    where: { userId, ...(conversationId === undefined ? {} : { conversationId }) },
    include: {
      conversation: {
        include: {
          members: { select: { userId: true }, orderBy: { joinedAt: 'asc' } },
          messages: { orderBy: { sequence: 'desc' }, take: 1 },
        },
      },
    },
  });
  const newest = (view: { at: number }): number => view.at;
  return memberships
    .map(({ conversation, lastReadSequence }) => {
      const [last] = conversation.messages;
      return {
        at: (last?.sentAt ?? conversation.createdAt).getTime(),
        view: {
          conversationId: conversation.id,
          title: conversation.title,
          memberIds: conversation.members.map((member) => member.userId),
          lastMessage: last === undefined ? null : toChatMessage(last),
          unread: Math.max(0, conversation.lastSequence - lastReadSequence),
          lastReadSequence,
        },
      };
    })
    .toSorted((a, b) => newest(b) - newest(a))
    .map(({ view }) => view);
}
