import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.js';

interface LoadedProps<Data> {
  query: { data: Data | undefined; error: Error | null; refetch: () => unknown };
  /** What is loaded, for the error: "the users". */
  what: string;
  /** In place of the plain rows. */
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** Content that is being loaded, could not be, or is there. Data once seen stays while it is refreshed. */
export function Loaded<Data>({ query, what, skeleton, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <ErrorState error={query.error} onRetry={() => query.refetch()} what={what} />;
  return skeleton ?? <SkeletonRows />;
}

export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_row, index) => (
        <Skeleton key={index} height={36} radius="md" style={{ opacity: 1 - index / (rows + 1) }} />
      ))}
    </Stack>
  );
}
