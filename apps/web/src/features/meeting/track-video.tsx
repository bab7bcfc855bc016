import { useEffect, useRef } from 'react';

interface TrackVideoProps {
  track: MediaStreamTrack;
  mirrored?: boolean;
  /** `contain` shows the whole picture, as a shared screen needs. */
  fit?: 'cover' | 'contain';
}

/** A video track on the screen. Sound is played elsewhere. */
export function TrackVideo({ track, mirrored = false, fit = 'cover' }: TrackVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = new MediaStream([track]);
    // Muted video may always play; a refusal means that the element is already gone.
    element.play().catch(() => {});
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      muted
      autoPlay
      playsInline
      style={{ objectFit: fit, ...(mirrored && { transform: 'scaleX(-1)' }) }}
    />
  );
}
