import type { LiveCall } from '@carillon/contracts';
import { Button, Group, Text } from '@mantine/core';
import { IconPhoneCall } from '@tabler/icons-react';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { useLiveCalls } from '../../api/queries.js';
import { CallStateBadge, partyName } from '../../ui/call-words.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { TickingDuration } from '../../ui/ticking-duration.js';
import { useAct } from '../../ui/use-act.js';
import { PartyCell } from './party-cell.js';

/** The calls in progress, kept up by realtime events. */
export function LiveCallTable() {
  const calls = useLiveCalls();
  const end = useAct({
    run: (live: LiveCall) => call('endCall', { params: { callId: live.callId } }),
    done: 'The call was ended.',
  });
  const columns: readonly Column<LiveCall>[] = [
    { header: 'From', render: (live) => <PartyCell party={live.from} /> },
    { header: 'To', render: (live) => <PartyCell party={live.to} kind={live.to.kind} /> },
    { header: 'State', whole: true, render: (live) => <CallStateBadge state={live.state} /> },
    {
      header: 'Duration',
      whole: true,
      render: (live) => <TickingDuration since={live.answeredAt ?? live.startedAt} />,
    },
    {
      header: '',
      align: 'right',
      whole: true,
      render: (live) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button
            component={Link}
            to={`/admin/ladders/${live.callId}`}
            size="compact-sm"
            variant="default"
            aria-label={`Ladder of the call from ${partyName(live.from)} to ${partyName(live.to)}`}
          >
            Ladder
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`End the call from ${partyName(live.from)} to ${partyName(live.to)}`}
            onClick={() =>
              confirm({
                title: 'End this call?',
                body: `${partyName(live.from)} and ${partyName(live.to)} are cut off.`,
                verb: 'End call',
                onConfirm: () => end.mutate(live),
              })
            }
          >
            End
          </Button>
        </Group>
      ),
    },
  ];
  return (
    <Loaded query={calls} what="the live calls">
      {(list) =>
        list.length === 0 ? (
          <EmptyState
            icon={<IconPhoneCall size={28} />}
            title="No calls at the moment"
            hint={<Text span>Calls show up here as soon as a phone rings.</Text>}
          />
        ) : (
          <RecordTable
            label="Live calls"
            columns={columns}
            rows={list}
            keyOf={(live) => live.callId}
            testIdOf={(live) => `live-call-${live.callId}`}
          />
        )
      }
    </Loaded>
  );
}
