import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';

export function useMenus() {
  return useQuery({ queryKey: keyOf('listIvrMenus'), queryFn: ({ signal }) => call('listIvrMenus', { signal }) });
}
