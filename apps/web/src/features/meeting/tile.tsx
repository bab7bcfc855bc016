import type { Participant } from '@carillon/contracts';
import { useElementSize } from '@mantine/hooks';
import { IconHandStop, IconMicrophoneOff, IconPhone } from '@tabler/icons-react';
import { useEffect } from 'react';
import { colourOf } from '../../ui/person-avatar.js';
import { layerForWidth } from './media/camera-encodings.js';
import { useLocal, useMeeting, useMeetingSession } from './meeting-context.js';
import classes from './meeting.module.css';
import { TrackVideo } from './track-video.js';

/** One participant, in the browser or on a phone: picture or initials, name, and how they are. */
export function Tile({ participant }: { participant: Participant }) {
  const session = useMeetingSession();
  const { participantId, name, endpoint, muted, handRaised } = participant;
  const own = useMeeting((state) => state.selfId === participantId);
  const speaking = useMeeting((state) => state.speakers.has(participantId)) && !muted;
  const remote = useMeeting((state) =>
    [...state.tracks.values()].find((one) => one.participantId === participantId && one.source === 'camera'),
  );
  const paused = useMeeting((state) => remote !== undefined && state.producers.get(remote.producerId)?.paused === true);
  const ownCamera = useLocal((state) => state.camera);
  const { ref, width } = useElementSize();
  const producerId = remote?.producerId;
  const layer = layerForWidth(width);
  useEffect(() => {
    if (producerId !== undefined && width > 0) session.preferLayer(producerId, layer);
  }, [session, producerId, layer, width]);
  const track = own ? ownCamera : paused ? null : (remote?.track ?? null);
  const words = [
    endpoint === 'phone' ? 'by phone' : null,
    muted ? 'muted' : null,
    handRaised ? 'hand raised' : null,
    speaking ? 'speaking' : null,
  ].filter((word) => word !== null);
  return (
    <article
      ref={ref}
      className={classes['tile']}
      data-testid={`participant-${name}`}
      data-speaking={speaking}
      data-endpoint={endpoint}
      aria-label={[own ? `${name} (you)` : name, ...words].join(', ')}
    >
      {track === null ? (
        <span className={classes['initials']} style={{ background: colourOf(name) }} aria-hidden>
          {endpoint === 'phone' ? <IconPhone size="55%" stroke={1.5} /> : initials(name)}
        </span>
      ) : (
        <TrackVideo track={track} mirrored={own} />
      )}
      {handRaised && (
        <span className={classes['hand']}>
          <IconHandStop size={20} aria-hidden />
        </span>
      )}
      <span className={classes['name']} aria-hidden>
        {muted && <IconMicrophoneOff size={16} />}
        {endpoint === 'phone' && <IconPhone size={16} />}
        <span>{own ? `${name} (you)` : name}</span>
      </span>
    </article>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}
