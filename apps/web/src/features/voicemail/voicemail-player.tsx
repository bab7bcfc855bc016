import { routes, type Voicemail } from '@carillon/contracts';
import { ActionIcon, Alert, Button, Group, Slider, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { buildUrl } from '../../api/build-url.js';
import { partyName } from '../../ui/call-words.js';
import { formatDuration } from '../../ui/format-time.js';
import classes from './voicemail.module.css';

/** Plays a message, with a place to seek in it. Plays at once: it is opened by pressing play. */
export function VoicemailPlayer({ voicemail, onPlaying }: { voicemail: Voicemail; onPlaying: () => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [position, setPosition] = useState(0);
  const [duration, setDuration] = useState(voicemail.durationSeconds);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const source = buildUrl(routes.voicemailAudio.path, { voicemailMessageId: voicemail.voicemailMessageId });
  const toggle = () => {
    const element = audio.current;
    if (element === null) return;
    if (!element.paused) element.pause();
    else element.play().catch(() => setFailed(element.error !== null));
  };
  if (failed) {
    return (
      <Alert color="red" mt="sm" role="alert">
        <Group justify="space-between">
          <Text size="sm">The recording could not be played.</Text>
          <Button size="xs" variant="default" onClick={() => setFailed(false)}>
            Try again
          </Button>
        </Group>
      </Alert>
    );
  }
  return (
    <Group wrap="nowrap" mt="sm" className={classes['player'] ?? ''}>
      {/* A voice message has no text to show with it. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <audio
        ref={audio}
        src={source}
        autoPlay
        preload="auto"
        onPlay={() => {
          setPlaying(true);
          onPlaying();
        }}
        onPause={() => setPlaying(false)}
        onError={() => setFailed(true)}
        onTimeUpdate={(event) => setPosition(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => {
          const known = event.currentTarget.duration;
          if (Number.isFinite(known) && known > 0) setDuration(known);
        }}
      />
      <ActionIcon variant="light" color="verdigris" onClick={toggle} aria-label={playing ? 'Pause' : 'Play'}>
        {playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
      </ActionIcon>
      <Text size="sm" className="tabular" w={44} ta="right">
        {formatDuration(position)}
      </Text>
      <Slider
        flex={1}
        min={0}
        max={Math.max(duration, 0.1)}
        step={0.1}
        value={position}
        label={(value) => formatDuration(value)}
        thumbLabel={`Position in the message from ${partyName(voicemail.from)}`}
        onChange={(value) => {
          setPosition(value);
          if (audio.current !== null) audio.current.currentTime = value;
        }}
      />
      <Text size="sm" className="tabular" w={44}>
        {formatDuration(duration)}
      </Text>
    </Group>
  );
}
