import type { Contact, Conversation } from '@carillon/contracts';

/** The group's title, or the names of the others in it. */
export function conversationName(
  conversation: Pick<Conversation, 'title' | 'memberIds'>,
  contacts: ReadonlyMap<string, Contact>,
  ownId: string,
): string {
  if (conversation.title !== null) return conversation.title;
  const names = conversation.memberIds
    .filter((id) => id !== ownId)
    .map((id) => contacts.get(id)?.displayName ?? 'Someone who left');
  return names.length === 0 ? 'Notes to yourself' : names.join(', ');
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
