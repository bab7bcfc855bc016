import type { CommandHandler } from '@carillon/event-bus';
import type { Database } from '@carillon/database';
import { viewConversations } from './conversation-view.js';

export function listConversations(database: Database): CommandHandler<'conversation.list'> {
  return async ({ organisationId, userId }) => ({
    ok: true,
    conversations: await database.forOrganisation(organisationId, (tx) => viewConversations(tx, userId)),
  });
}
