import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';

export function useConversations() {
  return useQuery({ queryKey: keyOf('conversations'), queryFn: ({ signal }) => call('conversations', { signal }) });
}
