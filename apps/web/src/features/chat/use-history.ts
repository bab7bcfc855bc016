import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../../api/api.js';
import { historyKey, type History, type HistoryPage } from './add-to-history.js';

/** The messages of a conversation, oldest first, and the query that fetches older ones. */
export function useHistory(conversationId: string) {
  const query = useInfiniteQuery<HistoryPage, Error, History, readonly unknown[], number | undefined>({
    queryKey: historyKey(conversationId),
    queryFn: ({ pageParam, signal }) =>
      call('history', {
        params: { conversationId },
        query: pageParam === undefined ? {} : { before: pageParam },
        signal,
      }),
    initialPageParam: undefined,
    getNextPageParam: (oldest) => (oldest.more ? oldest.messages[0]?.sequence : undefined),
    staleTime: 60_000,
  });
  const pages = query.data?.pages;
  const messages = useMemo(() => pages?.toReversed().flatMap((page) => page.messages), [pages]);
  return { messages, query };
}
