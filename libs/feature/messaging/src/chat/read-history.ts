import type { CommandHandler } from '@carillon/event-bus';
import type { Database } from '@carillon/database';
import { toChatMessage } from './chat-row.js';
import { membersFor } from './conversation-members.js';
import { NOT_FOUND } from './refusals.js';

/** A page of chat messages, newest last. */
export function readHistory(database: Database): CommandHandler<'conversation.history'> {
  return ({ organisationId, userId, conversationId, before, limit }) =>
    database.forOrganisation(organisationId, async (tx) => {
      if ((await membersFor(tx, conversationId, userId)) === undefined) return NOT_FOUND;
      const rows = await tx.chatMessage.findMany({
        where: { conversationId, ...(before === undefined ? {} : { sequence: { lt: before } }) },
        orderBy: { sequence: 'desc' },
        take: limit + 1,
      });
      const messages = rows.slice(0, limit).toReversed().map(toChatMessage);
      return { ok: true, messages, more: rows.length > limit };
    });
}
