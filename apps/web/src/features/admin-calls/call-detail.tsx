import type { CallRecord, LiveLeg } from '@carillon/contracts';
import { Badge, Button, Drawer, Group, Stack, Text, Timeline, Title } from '@mantine/core';
import { IconStairs } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useContactMap } from '../../api/queries.js';
import { OutcomeBadge, partyName } from '../../ui/call-words.js';
import { formatDateTime, formatDuration } from '../../ui/format-time.js';

/** How one call went: its times, and each of its legs with why it ended. */
export function CallDetail({ record, onClose }: { record: CallRecord | null; onClose: () => void }) {
  return (
    <Drawer
      opened={record !== null}
      onClose={onClose}
      title={record === null ? '' : `${partyName(record.from)} to ${partyName(record.to)}`}
    >
      {record !== null && <Detail record={record} />}
    </Drawer>
  );
}

const DIRECTIONS = { internal: 'Internal', inbound: 'Came in', outbound: 'Went out' } as const;

function Detail({ record }: { record: CallRecord }) {
  return (
    <Stack gap="xl">
      <Group gap="sm">
        <OutcomeBadge outcome={record.outcome} />
        <Badge color="gray">{DIRECTIONS[record.direction]}</Badge>
        {record.sipStatus !== null && <Badge color="gray">SIP {record.sipStatus}</Badge>}
        <Text size="sm" c="dimmed">
          {record.endReason ?? ''}
        </Text>
      </Group>
      <Button
        component={Link}
        to={`/admin/ladders/${record.callId}`}
        variant="light"
        leftSection={<IconStairs size={18} />}
        style={{ alignSelf: 'flex-start' }}
      >
        Every message of it (ladder)
      </Button>
      <Timeline bulletSize={14} lineWidth={2} active={2}>
        <Timeline.Item title="Started">
          <Text size="sm" c="dimmed">
            {formatDateTime(record.startedAt)}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={record.answeredAt === null ? 'Not answered' : 'Answered'}>
          <Text size="sm" c="dimmed">
            {record.answeredAt === null ? 'Nobody picked up.' : formatDateTime(record.answeredAt)}
          </Text>
        </Timeline.Item>
        <Timeline.Item title="Ended">
          <Text size="sm" c="dimmed">
            {formatDateTime(record.endedAt)}
            {record.answeredAt === null ? '' : ` · talked ${formatDuration(record.durationSeconds)}`}
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
