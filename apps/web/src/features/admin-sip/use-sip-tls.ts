import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';

/** Port and certificates of SIP over TLS. */
export function useSipTls() {
  return useQuery({ queryKey: keyOf('sipTls'), queryFn: ({ signal }) => call('sipTls', { signal }) });
}
