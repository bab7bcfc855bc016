import type { Bus, CommandHandler } from '@carillon/event-bus';
import type { ChatMessage as ChatMessageRow, Database, Tx } from '@carillon/database';
import type { CommandPayload } from '@carillon/contracts';
import { toChatMessage } from './chat-row.js';
import { membersFor } from './conversation-members.js';
import { NOT_FOUND } from './refusals.js';

interface Sent {
  readonly row: ChatMessageRow;
  readonly memberIds: readonly string[];
  readonly isNew: boolean;
}

async function sendIn(tx: Tx, request: CommandPayload<'chat-message.send'>): Promise<Sent | undefined> {
  const { organisationId, userId, conversationId, body, clientToken } = request;
  const memberIds = await membersFor(tx, conversationId, userId);
  if (memberIds === undefined) return undefined;
  // The increment locks the conversation's row until the commit: sequences come without gaps, and a repeat waits here
  // for the first try of the same message.
  const { lastSequence } = await tx.conversation.update({
    where: { id: conversationId },
    data: { lastSequence: { increment: 1 } },
    select: { lastSequence: true },
  });
  const before = await tx.chatMessage.findFirst({ where: { conversationId, authorId: userId, clientToken } });
  if (before !== null) {
    await tx.conversation.update({ where: { id: conversationId }, data: { lastSequence: { decrement: 1 } } });
    return { row: before, memberIds, isNew: false };
  }
  const row = await tx.chatMessage.create({
    data: { organisationId, conversationId, sequence: lastSequence, authorId: userId, body, clientToken },
  });
  // Who writes has read what came before.
  await tx.conversationMember.updateMany({
    where: { conversationId, userId, lastReadSequence: { lt: lastSequence } },
    data: { lastReadSequence: lastSequence },
  });
  return { row, memberIds, isNew: true };
}

/** Writes a chat message, and answers when it is committed. */
export function sendChatMessage(database: Database, bus: Bus): CommandHandler<'chat-message.send'> {
  return async (request) => {
    const { organisationId } = request;
    const sent = await database.forOrganisation(organisationId, (tx) => sendIn(tx, request));
    if (sent === undefined) return NOT_FOUND;
    const message = toChatMessage(sent.row);
    if (sent.isNew) bus.publish('chat-message.sent', { organisationId, memberIds: [...sent.memberIds], message });
    return { ok: true, message };
  };
}
