import { MAX_SAFE_NETWORKS, type SafeNetwork } from '@carillon/contracts';
import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { useDrawer } from '../../ui/use-drawer.js';
import { SafeNetworkDrawer } from './safe-network-drawer.js';

/** Whom operators vouch for: for whoever looks after the server. */
export function SafeNetworks() {
  const query = useQuery({
    queryKey: keyOf('listSafeNetworks'),
    queryFn: ({ signal }) => call('listSafeNetworks', { signal }),
  });
  return (
    <Stack component="section" aria-labelledby="safe" gap="sm" mt="xl">
      <div>
        <Title order={2} id="safe">
          Never banned
        </Title>
        <Text size="sm" c="dimmed">
          Monitoring, branch offices, session border controllers: what they send is answered, however much it is and
          whatever it looks like. Wrong passwords still count for each user.
        </Text>
      </div>
      <Loaded query={query} what="who is never banned">
        {(networks) => <Networks networks={networks} />}
      </Loaded>
    </Stack>
  );
}

function Networks({ networks }: { networks: readonly SafeNetwork[] }) {
  const drawer = useDrawer<'new'>();
  const remove = useAct({
    run: ({ safeNetworkId }: SafeNetwork) => call('removeSafeNetwork', { params: { safeNetworkId } }),
    stale: ['listSafeNetworks', 'border'],
    done: (_, { network }) => `${network} is treated like any other from now on.`,
  });
  const columns: readonly Column<SafeNetwork>[] = [
    { header: 'Address or network', render: ({ network }) => <Code>{network}</Code> },
    {
      header: 'Who is there',
      render: ({ note }) => (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {note}
        </Text>
      ),
    },
    {
      header: 'Added',
      render: ({ addedAt, addedBy }) => (
        <div>
          <Text size="sm" className="tabular">
            {formatDateTime(addedAt)}
          </Text>
          <Text size="xs" c="dimmed">
            by {addedBy}
          </Text>
        </div>
      ),
    },
    {
      header: '',
      align: 'right',
      render: (one) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Remove ${one.network}`}
          onClick={() =>
            confirm({
              title: `Remove ${one.network}?`,
              body: 'Whoever is there can be banned again, and may send and connect only as much as a stranger.',
              verb: 'Remove',
              onConfirm: () => remove.mutate(one),
            })
          }
        >
          Remove
        </Button>
      ),
    },
  ];
  const isFull = networks.length >= MAX_SAFE_NETWORKS;
  const add = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => drawer.open('new')} disabled={isFull}>
      Add network
    </Button>
  );
  return (
    <>
      {networks.length === 0 ? (
        <Group justify="space-between">
          <Text size="sm" flex="1 1 16rem">
            The list is empty: every address can be banned that no phone, administrator or trunk has shown to be good.
          </Text>
          {add}
        </Group>
      ) : (
        <>
          <RecordTable
            label="Never banned"
            columns={columns}
            rows={networks}
            keyOf={({ safeNetworkId }) => safeNetworkId}
          />
          <Group justify="flex-end">
            {isFull && <Text size="sm">{MAX_SAFE_NETWORKS} are the most there can be.</Text>}
            {add}
          </Group>
        </>
      )}
      <SafeNetworkDrawer opened={drawer.opened} onClose={drawer.close} />
    </>
  );
}
