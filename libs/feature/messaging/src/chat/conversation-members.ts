import type { Tx } from '@carillon/database';

/** Everyone in a conversation; undefined where `userId` is not among them. */
export async function membersFor(tx: Tx, conversationId: string, userId: string): Promise<string[] | undefined> {
  const rows = await tx.conversationMember.findMany({ where: { conversationId }, select: { userId: true } });
  const ids = rows.map((row) => row.userId);
  return ids.includes(userId) ? ids : undefined;
}
