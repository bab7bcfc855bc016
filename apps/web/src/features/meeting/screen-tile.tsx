import { Button } from '@mantine/core';
import { useMeeting, useMeetingSession } from './meeting-context.js';
import type { RemoteTrack } from './media/room-media.js';
import classes from './meeting.module.css';
import { TrackVideo } from './track-video.js';

/** The shared screen, as large as can be. Another's goes before one's own. */
export function ScreenTile({ remote, own }: { remote: RemoteTrack | undefined; own: MediaStreamTrack | null }) {
  const session = useMeetingSession();
  const name = useMeeting((state) =>
    remote === undefined ? 'You' : (state.participants.get(remote.participantId)?.name ?? 'Someone'),
  );
  const track = remote?.track ?? own;
  if (track === null) return null;
  return (
    <section
      className={classes['screen']}
      data-testid="shared-screen"
      aria-label={remote === undefined ? 'Your screen' : `Screen of ${name}`}
    >
      <TrackVideo track={track} fit="contain" />
      <span className={classes['name']}>{remote === undefined ? 'You share your screen' : `Screen of ${name}`}</span>
      {remote === undefined && (
        <Button className={classes['stopSharing'] ?? ''} color="red.8" onClick={() => void session.sender.stopScreen()}>
          Stop sharing
        </Button>
      )}
    </section>
  );
}
