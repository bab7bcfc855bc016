import type { Bus, CommandHandler } from '@carillon/event-bus';
import type { Database } from '@carillon/database';
import { membersFor } from './conversation-members.js';
import { NOT_FOUND } from './refusals.js';

/** Moves the reader's mark forward, never back, and never past the newest chat message. */
export function markRead(database: Database, bus: Bus): CommandHandler<'conversation.mark-read'> {
  return async ({ organisationId, userId, conversationId, sequence }) => {
    const outcome = await database.forOrganisation(organisationId, async (tx) => {
      const memberIds = await membersFor(tx, conversationId, userId);
      if (memberIds === undefined) return undefined;
      const { lastSequence } = await tx.conversation.findUniqueOrThrow({ where: { id: conversationId } });
      const mark = Math.min(sequence, lastSequence);
      const { count } = await tx.conversationMember.updateMany({
        where: { conversationId, userId, lastReadSequence: { lt: mark } },
        data: { lastReadSequence: mark },
      });
      return { memberIds, mark, moved: count > 0 };
    });
    if (outcome === undefined) return NOT_FOUND;
    const { memberIds, mark, moved } = outcome;
    if (moved) bus.publish('conversation.read', { organisationId, memberIds, conversationId, userId, sequence: mark });
    return { ok: true };
  };
}
