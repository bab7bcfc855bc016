import { useConversations } from '../../features/chat/use-conversations.js';
import { useMe } from '../../api/queries.js';
import type { NavigationItem } from './navigation-items.js';

/** Numbers beside navigation items: unread chat messages and new voicemail. */
export function useBadges(): Readonly<Record<NonNullable<NavigationItem['badge']>, number>> {
  const me = useMe();
  const { data } = useConversations();
  return {
    chat: data?.reduce((sum, conversation) => sum + conversation.unread, 0) ?? 0,
    voicemail: me.voicemail?.newCount ?? 0,
  };
}
