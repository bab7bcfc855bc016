import type { Bus, CommandHandler } from '@carillon/event-bus';
import { isUniqueViolation, type Database, type Tx } from '@carillon/database';
import type { CommandPayload } from '@carillon/contracts';
import { viewConversations, type ConversationView } from './conversation-view.js';
import { NO_ONE_ELSE, UNKNOWN_MEMBER } from './refusals.js';

/** Two people have one conversation, whoever opens it. */
function directKeyOf(memberIds: readonly string[]): string | null {
  return memberIds.length === 2 ? memberIds.toSorted().join(':') : null;
}

interface Opened {
  readonly conversation: ConversationView;
  readonly isNew: boolean;
}

async function openIn(
  tx: Tx,
  { organisationId, userId, title }: CommandPayload<'conversation.open'>,
  memberIds: readonly string[],
): Promise<Opened | typeof UNKNOWN_MEMBER> {
  const known = await tx.user.count({ where: { id: { in: [...memberIds] }, disabledAt: null } });
  if (known !== memberIds.length) return UNKNOWN_MEMBER;
  const directKey = title === undefined ? directKeyOf(memberIds) : null;
  const existing = directKey === null ? null : await tx.conversation.findFirst({ where: { directKey } });
  const { id } =
    existing ??
    (await tx.conversation.create({
      data: {
        organisationId,
        title: title ?? null,
        directKey,
        members: { create: memberIds.map((memberId) => ({ organisationId, userId: memberId })) },
      },
    }));
  const [conversation] = await viewConversations(tx, userId, id);
  if (conversation === undefined) throw new Error(`Conversation ${id} has lost its member ${userId}`);
  return { conversation, isNew: existing === null };
}

/** Finds the conversation of two people or makes it; more than two, or a title, make a new one. */
export function openConversation(database: Database, bus: Bus): CommandHandler<'conversation.open'> {
  return async (request) => {
    const { organisationId, userId } = request;
    const memberIds = [...new Set([userId, ...request.memberIds])];
    if (memberIds.length < 2) return NO_ONE_ELSE;
    const open = (): ReturnType<typeof openIn> =>
      database.forOrganisation(organisationId, (tx) => openIn(tx, request, memberIds));
    // Both may open it at the same moment: who comes second finds the first one's.
    const opened = await open().catch((error: unknown) => {
      if (isUniqueViolation(error)) return open();
      throw error;
    });
    if (!('conversation' in opened)) return opened;
    const { conversation, isNew } = opened;
    if (isNew)
      bus.publish('conversation.opened', { organisationId, memberIds, conversationId: conversation.conversationId });
    return { ok: true, conversation };
  };
}
