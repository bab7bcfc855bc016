import type { CallDetail as Call, LiveLeg } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { Badge, Button, Drawer, Group, Stack, Text, Timeline, Title } from '@mantine/core';
import { IconStairs } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { ApiFailure } from '../../api/api-failure.js';
import { call } from '../../api/api.js';
import { useContactMap } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { CallStateBadge, OutcomeBadge, partyName } from '../../ui/call-words.js';
import { CopyAddress } from '../../ui/copy-address.js';
import { formatDateTime, formatDuration } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { TickingDuration } from '../../ui/ticking-duration.js';

interface CallDetailProps {
  /** Undefined while no call was looked at. */
  callId: string | undefined;
  opened: boolean;
  onClose: () => void;
}

/** A call that goes on ends at the bus sooner than in the database. */
const LIVE_REFRESH_MS = 3_000;

/** How one call went, or goes: its times, and each of its legs with why it ended. */
export function CallDetail({ callId = '', opened, onClose }: CallDetailProps) {
  // Any other word may be an address of the API that answers something else.
  const isCallId = CallId.safeParse(callId).success;
  const query = useQuery({
    queryKey: keyOf('getCall', callId),
    queryFn: ({ signal }) => call('getCall', { params: { callId }, signal }),
    enabled: opened && isCallId,
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? LIVE_REFRESH_MS : false),
  });
  const isMissing = !isCallId || (query.error instanceof ApiFailure && query.error.details.status === 404);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={query.data === undefined ? 'Call' : `${partyName(query.data.from)} to ${partyName(query.data.to)}`}
    >
      {isMissing && query.data === undefined ? (
        <MissingRecord what="call" way={onClose} />
      ) : (
        <Loaded query={query} what="this call">
          {(found) => <Detail record={found} />}
        </Loaded>
      )}
    </Drawer>
  );
}

const DIRECTIONS = { internal: 'Internal', inbound: 'Came in', outbound: 'Went out' } as const;

function Detail({ record }: { record: Call }) {
  const { answeredAt, endedAt, state } = record;
  const goesOn = state !== 'ended';
  return (
    <Stack gap="xl">
      <Group gap="sm">
        {record.outcome === null ? <CallStateBadge state={record.state} /> : <OutcomeBadge outcome={record.outcome} />}
        <Badge color="gray">{DIRECTIONS[record.direction]}</Badge>
        {record.sipStatus !== null && <Badge color="gray">SIP {record.sipStatus}</Badge>}
        <Text size="sm" c="dimmed">
          {record.endReason ?? ''}
        </Text>
      </Group>
      <Group gap="sm">
        <Button
          component={Link}
          to={`/admin/ladders/${record.callId}`}
          variant="light"
          leftSection={<IconStairs size={18} />}
        >
          Every message of it (ladder)
        </Button>
        <CopyAddress />
      </Group>
      <Timeline bulletSize={14} lineWidth={2} active={2}>
        <Timeline.Item title="Started">
          <Text size="sm" c="dimmed">
            {formatDateTime(record.startedAt)}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={answeredAt !== null ? 'Answered' : goesOn ? 'Not answered yet' : 'Not answered'}>
          <Text size="sm" c="dimmed">
            {answeredAt !== null && formatDateTime(answeredAt)}
            {answeredAt === null && !goesOn && 'Nobody picked up.'}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={goesOn ? 'Going on' : 'Ended'}>
          <Text size="sm" c="dimmed">
            {goesOn ? (
              <TickingDuration since={answeredAt ?? record.startedAt} />
            ) : endedAt === null ? (
              'It is not known when.'
            ) : (
              [formatDateTime(endedAt), answeredAt !== null && `talked ${formatDuration(between(answeredAt, endedAt))}`]
                .filter((part) => part !== false)
                .join(' · ')
            )}
          </Text>
        </Timeline.Item>
      </Timeline>
      <section aria-labelledby="legs">
        <Title order={3} id="legs" mb="xs">
          Who took part
        </Title>
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
          {record.legs.map((leg) => (
            <Leg key={leg.legId} leg={leg} />
          ))}
        </Stack>
      </section>
      <Text size="xs" c="dimmed" ff="monospace">
        {record.callId}
      </Text>
    </Stack>
  );
}

const between = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 1000);

function Leg({ leg }: { leg: LiveLeg }) {
  const contacts = useContactMap();
  const name = leg.userId === null ? undefined : contacts.get(leg.userId)?.displayName;
  return (
    <Group component="li" justify="space-between" wrap="nowrap" align="flex-start">
      <div>
        <Text fw={600} size="sm">
          {name ?? leg.number}
        </Text>
        <Text size="sm" c="dimmed">
          {[leg.role, name === undefined ? null : leg.number].filter((part) => part !== null).join(' · ')}
        </Text>
      </div>
      <Stack gap={2} align="flex-end">
        <Text size="sm">{leg.reason ?? leg.state}</Text>
        {leg.sipStatus !== null && (
          <Text size="xs" c="dimmed" className="tabular">
            SIP {leg.sipStatus}
          </Text>
        )}
      </Stack>
    </Group>
  );
}
