import { Group, Text } from '@mantine/core';
import { IconMicrophone } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import classes from './meeting.module.css';

/** Loudness of the microphone, drawn without re-rendering. */
export function LevelMeter({ track }: { track: MediaStreamTrack | null }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (track === null || typeof AudioContext === 'undefined') return;
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 512;
    audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const element = bar.current;
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // −60 dB is silence, 0 dB is as loud as it gets.
      const level = Math.max(0, Math.min(1, (10 * Math.log10(power + 1e-9) + 60) / 55));
      if (element !== null) element.style.transform = `scaleX(${level.toFixed(2)})`;
    }, 80);
    return () => {
      clearInterval(timer);
      if (element !== null) element.style.transform = 'scaleX(0)';
      void audio.close();
    };
  }, [track]);
  return (
    <Group gap="sm" wrap="nowrap" aria-hidden>
      <IconMicrophone size={20} />
      <div className={classes['meter']}>
        <div ref={bar} />
      </div>
      {track === null && (
        <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
          muted
        </Text>
      )}
    </Group>
  );
}
