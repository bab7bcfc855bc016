import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { useRealtime } from '../../api/realtime-context.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { Splash } from '../../app/splash.js';
import { Meeting } from './meeting.js';

/** A meeting for staff. */
export function MeetingPage() {
  const { roomId = '' } = useParams();
  const me = useMe();
  const realtime = useRealtime();
  const navigate = useNavigate();
  const room = useQuery({
    queryKey: keyOf('room', roomId),
    queryFn: ({ signal }) => call('room', { params: { roomId }, signal }),
  });
  if (room.error instanceof ApiFailure && room.error.details.status === 404) return <NotFoundPage />;
  if (room.isPending) return <Splash />;
  return (
    <Meeting
      key={roomId}
      roomId={roomId}
      roomName={room.data?.name ?? 'Meeting'}
      room={room.data ?? null}
      name={me.displayName}
      connect={() => realtime}
      onExit={() => void navigate('/meetings')}
    />
  );
}
