import type { Contact, Conversation } from '@carillon/contracts';

/** Stands for everybody who was deleted: their names went with them. */
const FORMER_COLLEAGUE = 'Former colleague';

/** The group's title, or the names of the others in it. */
export function conversationName(
  conversation: Pick<Conversation, 'title' | 'memberIds'>,
  contacts: ReadonlyMap<string, Contact>,
  ownId: string,
): string {
  if (conversation.title !== null) return conversation.title;
  const names = conversation.memberIds
    .filter((id) => id !== ownId)
    .map((id) => contacts.get(id)?.displayName ?? FORMER_COLLEAGUE);
  return names.length === 0 ? FORMER_COLLEAGUE : names.join(', ');
}

/** The author's name as it is shown. */
export function authorName(authorId: string | null, contacts: ReadonlyMap<string, Contact>): string {
  return (authorId === null ? undefined : contacts.get(authorId)?.displayName) ?? FORMER_COLLEAGUE;
}

/** Nobody else is left: a conversation begins with two or more, so the others were deleted. */
export function isAbandoned(conversation: Pick<Conversation, 'memberIds'>): boolean {
  return conversation.memberIds.length < 2;
}

/** The other one of two people; undefined for groups. */
export function otherMember(
  conversation: Pick<Conversation, 'title' | 'memberIds'>,
  ownId: string,
): string | undefined {
  return conversation.memberIds.length === 2 && conversation.title === null
    ? conversation.memberIds.find((id) => id !== ownId)
    : undefined;
}
