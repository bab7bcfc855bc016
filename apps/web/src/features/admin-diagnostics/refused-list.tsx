import type { RefusedInvite } from '@carillon/contracts';
import { Anchor, Badge, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordTable, type Column } from '../../ui/record-table.js';

const COLUMNS: readonly Column<RefusedInvite>[] = [
  {
    header: 'When',
    render: ({ callId, at }) => (
      <Anchor component={Link} to={`/admin/ladders/${callId}`} size="sm" className="tabular">
        {formatDateTime(at)}
      </Anchor>
    ),
  },
  { header: 'From', render: ({ from }) => <Text size="sm">{from}</Text> },
  { header: 'To', render: ({ to }) => <Text size="sm">{to}</Text> },
  { header: 'Answer', render: ({ status }) => <Badge color="red">SIP {status}</Badge> },
];

/** Attempts to call that were refused before they became a call: wrong passwords, unknown domains, limits. */
export function RefusedList() {
  const query = useQuery({
    queryKey: keyOf('refusedInvites'),
    queryFn: ({ signal }) => call('refusedInvites', { signal }),
  });
  return (
    <Stack component="section" aria-labelledby="refused" gap="sm">
      <Title order={2} id="refused">
        Refused before they became a call
      </Title>
      <Loaded query={query} what="the refused calls">
        {(list) =>
          list.length === 0 ? (
            <Text c="dimmed">None: every call that came in was let in.</Text>
          ) : (
            <RecordTable label="Refused calls" columns={COLUMNS} rows={list} keyOf={({ callId }) => callId} />
          )
        }
      </Loaded>
    </Stack>
  );
}
