import type { LiftedBan } from '@carillon/contracts';
import { Code, Stack, Text, Title } from '@mantine/core';
import { formatDateTime } from '../../ui/format-time.js';
import { RecordTable, type Column } from '../../ui/record-table.js';

const COLUMNS: readonly Column<LiftedBan>[] = [
  { header: 'Source', render: ({ source }) => <Code>{source}</Code> },
  { header: 'Was banned for', render: ({ words }) => <Text size="sm">{words}</Text> },
  { header: 'Lifted by', render: ({ liftedBy }) => <Text size="sm">{liftedBy}</Text> },
  {
    header: 'When',
    render: ({ liftedAt }) => (
      <Text size="sm" className="tabular">
        {formatDateTime(liftedAt)}
      </Text>
    ),
  },
];

/** Bans that administrators ended within the last day. Nothing where there are none. */
export function LiftedBans({ lifted }: { lifted: readonly LiftedBan[] }) {
  if (lifted.length === 0) return null;
  return (
    <Stack component="section" aria-labelledby="lifted" gap="sm" mt="xl">
      <Title order={2} id="lifted">
        Lifted within the last day
      </Title>
      <RecordTable label="Lifted bans" columns={COLUMNS} rows={lifted} keyOf={({ source }) => source} />
    </Stack>
  );
}
