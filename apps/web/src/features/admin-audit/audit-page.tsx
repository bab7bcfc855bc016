import type { AuditEntry } from '@carillon/contracts';
import { Button, Code, Group, Text } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';

const columns: readonly Column<AuditEntry>[] = [
  {
    header: 'When',
    whole: true,
    render: (entry) => (
      <Text size="sm" className="tabular">
        {formatDateTime(entry.at)}
      </Text>
    ),
  },
  {
    header: 'Who',
    render: (entry) => (
      <div>
        <Text fw={600} size="sm">
          {entry.actorName}
        </Text>
        {entry.address !== null && (
          <Text size="xs" c="dimmed">
            {entry.address}
          </Text>
        )}
      </div>
    ),
  },
  { header: 'Action', render: (entry) => <Code>{entry.action}</Code> },
  { header: 'Target', render: (entry) => <Text size="sm">{entry.target}</Text> },
  { header: 'Change', render: (entry) => <Change change={entry.change} /> },
];

/** What administrators did. */
export function AuditPage() {
  const audit = useInfiniteQuery({
    queryKey: keyOf('listAudit'),
    queryFn: ({ pageParam, signal }) =>
      call('listAudit', { query: pageParam === null ? {} : { cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
  return (
    <Page title="Audit log" description="What administrators changed, when and from where.">
      <Loaded query={audit} what="the audit log">
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries);
          return entries.length === 0 ? (
            <EmptyState
              icon={<IconListSearch size={28} />}
              title="Nothing was changed yet"
              hint="Every change an administrator makes is listed here."
            />
          ) : (
            <RecordTable label="Audit log" columns={columns} rows={entries} keyOf={(entry) => entry.auditId} />
          );
        }}
      </Loaded>
      {audit.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => void audit.fetchNextPage()} loading={audit.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
    </Page>
  );
}

/** Which fields were changed; opened, their values. */
function Change({ change }: { change: unknown }) {
  const fields = fieldsOf(change);
  if (fields.length === 0) return <Text c="dimmed">–</Text>;
  return (
    <details>
      <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
        {fields.join(', ')}
      </Text>
      <Code block mt="xs" mah={320} maw={420}>
        {JSON.stringify(change, null, 2)}
      </Code>
    </details>
  );
}

/** The names of what was changed; a change may be told as its state before and after. */
function fieldsOf(change: unknown): string[] {
  if (typeof change !== 'object' || change === null) return [];
  const parts: unknown[] = ['before', 'after'].flatMap((part) =>
    part in change ? [change[part as keyof object]] : [],
  );
  const objects = (parts.length > 0 ? parts : [change]).filter((part) => typeof part === 'object' && part !== null);
  return [...new Set(objects.flatMap((part) => Object.keys(part)))];
}
