import type { SipBan } from '@carillon/contracts';
import { Button, Code, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatClock, formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { LiftedBans } from './lifted-bans.js';
import { Overload } from './overload.js';
import { SafeNetworks } from './safe-networks.js';

/** Bans come and go by themselves. */
const REFRESH_MS = 5_000;

/** Who is kept out, why, and for how long. */
export function SecurityPage() {
  const me = useMe();
  const border = useQuery({
    queryKey: keyOf('border'),
    queryFn: ({ signal }) => call('border', { signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title="Security"
      description="Who is kept out, and why. Addresses with registered phones, and this machine, are never shut out as a whole."
    >
      <Loaded query={border} what="who is kept out">
        {(state) => (
          <>
            <Overload state={state} />
            <Bans bans={state.bans} />
            <LiftedBans lifted={state.lifted} />
          </>
        )}
      </Loaded>
      {me.isOperator && <SafeNetworks />}
    </Page>
  );
}

function Bans({ bans }: { bans: readonly SipBan[] }) {
  const lift = useAct({
    run: ({ source }: SipBan) => call('liftBan', { body: { source } }),
    stale: ['border'],
    done: (_, { source }) => `${source} may try again.`,
  });
  const columns: readonly Column<SipBan>[] = [
    {
      header: 'Source',
      render: ({ source }) => (
        <div>
          <Code>{source}</Code>
          {source.includes('/') && (
            <Text size="xs" c="dimmed">
              A whole IPv6 network; registered phones in it get through
            </Text>
          )}
        </div>
      ),
    },
    {
      header: 'Why',
      render: ({ words, domain }) => (
        <div>
          <Text size="sm">{words}</Text>
          {domain !== null && (
            <Text size="xs" c="dimmed">
              at {domain}
            </Text>
          )}
        </div>
      ),
    },
    {
      header: 'Until',
      render: ({ since, until, times }) => (
        <div>
          <Text size="sm" className="tabular" title={`Since ${formatDateTime(since)}`}>
            {formatClock(until)}
          </Text>
          {times > 1 && (
            <Text size="xs" c="dimmed">
              {times} times within a day
            </Text>
          )}
        </div>
      ),
    },
    {
      header: 'Thrown away',
      whole: true,
      align: 'right',
      render: ({ dropped }) => <span className="tabular">{dropped.toLocaleString()}</span>,
    },
    {
      header: '',
      align: 'right',
      render: (ban) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Lift the ban of ${ban.source}`}
          onClick={() =>
            confirm({
              title: 'Lift this ban?',
              body: `${ban.source} is listened to again at once. If it goes on as before, it is banned again.`,
              verb: 'Lift ban',
              onConfirm: () => lift.mutate(ban),
            })
          }
        >
          Lift
        </Button>
      ),
    },
  ];
  if (bans.length === 0)
    return (
      <EmptyState
        icon={<IconShieldCheck size={28} />}
        title="Nobody is banned"
        hint="Scanners and password guessers show up here by themselves, with the reason."
      />
    );
  return <RecordTable label="Bans" columns={columns} rows={bans} keyOf={(ban) => ban.source} />;
}
