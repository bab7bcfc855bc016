import type { Conversation } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import type { z } from 'zod';
import { toChatMessage } from './chat-row.js';

export type ConversationView = z.input<typeof Conversation>;

/** Chat messages that the user has not read. */
async function countUnread(tx: Tx, userId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ id: string; unread: number }[]>`
    SELECT member.conversation_id AS id, count(*)::int AS unread
    FROM conversation_member member
    JOIN chat_message message
      ON message.conversation_id = member.conversation_id AND message.sequence > member.last_read_sequence
    WHERE member.user_id = ${userId}::uuid
    GROUP BY member.conversation_id`;
  return new Map(rows.map(({ id, unread }) => [id, unread]));
}

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
  const unread = await countUnread(tx, userId);
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
          unread: unread.get(conversation.id) ?? 0,
          lastReadSequence,
        },
      };
    })
    .toSorted((a, b) => newest(b) - newest(a))
    .map(({ view }) => view);
}
