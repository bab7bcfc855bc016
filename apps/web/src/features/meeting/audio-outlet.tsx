import { Button } from '@mantine/core';
import { IconVolume } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useMeeting, useMeetingSession } from './meeting-context.js';
import type { RemoteTrack } from './media/room-media.js';
import classes from './meeting.module.css';

/** Plays everyone's sound. Where the browser wants a gesture first, it shows a button for it. */
export function AudioOutlet() {
  const session = useMeetingSession();
  const tracks = useMeeting(
    useShallow((state) => [...state.tracks.values()].filter((one) => one.track.kind === 'audio')),
  );
  const blocked = useMeeting((state) => state.audioBlocked);
  const frame = useRef<HTMLDivElement>(null);
  const unblock = () => {
    const elements = [...(frame.current?.querySelectorAll('audio') ?? [])];
    void Promise.all(elements.map((element) => element.play())).then(
      () => session.store.setState({ audioBlocked: false }),
      () => {
        // Still refused: the button stays.
      },
    );
  };
  return (
    <div ref={frame}>
      {tracks.map((remote) => (
        <TrackAudio
          key={remote.producerId}
          remote={remote}
          onBlocked={() => session.store.setState({ audioBlocked: true })}
        />
      ))}
      {blocked && (
        <div className={classes['unblock']} role="alert">
          <Button size="lg" leftSection={<IconVolume size={22} />} onClick={unblock}>
            Tap to hear the others
          </Button>
        </div>
      )}
    </div>
  );
}

function TrackAudio({ remote, onBlocked }: { remote: RemoteTrack; onBlocked: () => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const tellBlocked = useEffectEvent(onBlocked);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return;
    element.srcObject = new MediaStream([remote.track]);
    element.play().catch((error: unknown) => {
      // AbortError: the element went away or got another track meanwhile.
      if (error instanceof DOMException && error.name === 'NotAllowedError') tellBlocked();
    });
    return () => {
      element.srcObject = null;
    };
  }, [remote.track]);
  // Live speech has no captions.
  // oxlint-disable-next-line jsx-a11y/media-has-caption
  return <audio ref={audio} autoPlay data-participant={remote.participantId} data-source={remote.source} />;
}
