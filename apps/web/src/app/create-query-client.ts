import { QueryClient } from '@tanstack/react-query';
import { ApiFailure } from '../api/api-failure.js';

const MAX_RETRIES = 2;

/** Only what may be different a moment later is tried again: no answer, or one that blames the server. */
function mayRetry(failures: number, error: Error): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof ApiFailure)) return false;
  const { status } = error.details;
  return status === undefined || status >= 500;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: 15_000, gcTime: 10 * 60_000 },
      mutations: { retry: false },
    },
  });
}
