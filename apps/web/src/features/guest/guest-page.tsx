import { Button, Center } from '@mantine/core';
import { IconLinkOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { keyOf } from '../../api/query-keys.js';
import { RealtimeClient } from '../../api/realtime-client.js';
import { Splash } from '../../app/splash.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Meeting } from '../meeting/meeting.js';

/** The way into one room for someone without an account. */
export function GuestPage() {
  const { guestToken = '' } = useParams();
  const room = useQuery({
    queryKey: keyOf('guestRoom', guestToken),
    queryFn: ({ signal }) => call('guestRoom', { params: { guestToken }, signal }),
  });
  const [visit, setVisit] = useState(0);
  if (room.isPending) return <Splash />;
  if (room.data === undefined) {
    const gone = room.error instanceof ApiFailure && room.error.details.status === 404;
    return (
      <Center component="main" mih="100dvh" p="md">
        {gone ? (
          <EmptyState
            order={1}
            icon={<IconLinkOff size={28} />}
            title="This link is no longer valid"
            hint="Ask whoever invited you for a new one."
            action={
              <Button variant="default" onClick={() => void room.refetch()}>
                Try again
              </Button>
            }
          />
        ) : (
          <ErrorState error={room.error} onRetry={() => void room.refetch()} what="the meeting" />
        )}
      </Center>
    );
  }
  const { roomId, roomName, organisationName } = room.data;
  return (
    <Meeting
      key={visit}
      roomId={roomId}
      roomName={`${roomName} · ${organisationName}`}
      room={null}
      connect={(name) => new RealtimeClient({ guestToken, name })}
      onExit={() => setVisit((count) => count + 1)}
    />
  );
}
