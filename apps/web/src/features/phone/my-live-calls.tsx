import type { LiveCall } from '@carillon/contracts';
import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { IconPhoneIncoming, IconPhoneOff, IconPhoneOutgoing } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { useRealtime } from '../../api/realtime-context.js';
import { CallStateBadge, otherEnd, partyName } from '../../ui/call-words.js';
import { notifyFailure } from '../../ui/notify.js';
import { TickingDuration } from '../../ui/ticking-duration.js';

/** The user's calls of this moment; nothing where there is none. */
export function MyLiveCalls() {
  const calls = useQuery({ queryKey: keyOf('myLiveCalls'), queryFn: ({ signal }) => call('myLiveCalls', { signal }) });
  if (calls.data === undefined || calls.data.length === 0) return null;
  return (
    <Stack gap="sm" role="region" aria-label="Calls now" aria-live="polite">
      {calls.data.map((live) => (
        <LiveCallCard key={live.callId} live={live} />
      ))}
    </Stack>
  );
}

function LiveCallCard({ live }: { live: LiveCall }) {
  const me = useMe();
  const realtime = useRealtime();
  const { party, incoming } = otherEnd(live, me.userId);
  const hangUp = async () => {
    const answer = await realtime.request('call.hang-up', { callId: live.callId });
    if (!answer.ok) notifyFailure(answer);
  };
  const Icon = incoming ? IconPhoneIncoming : IconPhoneOutgoing;
  return (
    <Card padding="md" data-testid={`live-call-${live.callId}`} bg="var(--carillon-selected)">
      <Group justify="space-between">
        <Group wrap="nowrap" miw={0} flex="1 1 12rem">
          <Icon size={24} aria-label={incoming ? 'Incoming' : 'Outgoing'} />
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              {partyName(party)}
            </Text>
            <Group gap="xs">
              <CallStateBadge state={live.state} />
              <Text size="sm">
                {party.name === null ? '' : `${party.number} · `}
                <TickingDuration since={live.answeredAt ?? live.startedAt} />
              </Text>
            </Group>
          </div>
        </Group>
        <Button color="red.8" leftSection={<IconPhoneOff size={18} />} onClick={() => void hangUp()}>
          Hang up
        </Button>
      </Group>
    </Card>
  );
}
