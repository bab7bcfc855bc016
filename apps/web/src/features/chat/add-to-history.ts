import type { ChatMessage } from '@carillon/contracts';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keyOf } from '../../api/query-keys.js';

export interface HistoryPage {
  /** Newest last. */
  messages: ChatMessage[];
  more: boolean;
}
/** Pages from the newest to the oldest; the parameter is the sequence before which a page ends. */
export type History = InfiniteData<HistoryPage, number | undefined>;

export const historyKey = (conversationId: string) => keyOf('history', conversationId);

/**
 * Puts a chat message at the end of its conversation's history, where that is loaded.
 * @returns false where messages between are missing, so that the history must be asked for again.
 */
export function addToHistory(queries: QueryClient, message: ChatMessage): boolean {
  const key = historyKey(message.conversationId);
  const history = queries.getQueryData<History>(key);
  const newest = history?.pages[0];
  if (history === undefined || newest === undefined) return true;
  const last = newest.messages.at(-1)?.sequence ?? 0;
  if (message.sequence <= last) return true;
  if (message.sequence > last + 1) return false;
  const page: HistoryPage = { ...newest, messages: [...newest.messages, message] };
  queries.setQueryData<History>(key, { ...history, pages: [page, ...history.pages.slice(1)] });
  return true;
}
