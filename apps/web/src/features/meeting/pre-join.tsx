import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle, IconVideoOff } from '@tabler/icons-react';
import { useEffect, useState, type SyntheticEvent } from 'react';
import { useStore } from 'zustand';
import { LogoMark } from '../../app/logo.js';
import { CameraButton, MicrophoneButton } from './device-buttons.js';
import { DeviceChoices } from './device-choices.js';
import { LevelMeter } from './level-meter.js';
import type { LocalMedia } from './media/local-media.js';
import { TrackVideo } from './track-video.js';
import classes from './pre-join.module.css';

interface PreJoinProps {
  local: LocalMedia;
  roomName: string;
  /** Absent: the name is asked for. */
  name: string | undefined;
  onJoin: (name: string) => void;
  onCancel: () => void;
}

/** The look in the mirror before going in: picture, sound, devices, and a guest's name. */
export function PreJoin({ local, roomName, name, onJoin, onCancel }: PreJoinProps) {
  const { camera, microphone, microphoneOn, problems } = useStore(local.store);
  const [guestName, setGuestName] = useState('');
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    void local.openMicrophone().then(() => local.openCamera());
  }, [local]);
  const missingName = name === undefined && guestName.trim() === '';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!missingName) onJoin(name ?? guestName.trim());
  };
  const problem = problems.microphone ?? problems.camera;
  return (
    <main className={classes['page']}>
      <form onSubmit={submit} className={classes['form']} noValidate>
        <section className={classes['mirror']} aria-label="Preview">
          {camera === null ? (
            <Stack align="center" gap="xs">
              <IconVideoOff size={40} aria-hidden />
              <Text>Your camera is off</Text>
            </Stack>
          ) : (
            <TrackVideo track={camera} mirrored />
          )}
          <Group className={classes['toggles'] ?? ''} gap="md">
            <MicrophoneButton
              on={microphone !== null && microphoneOn}
              onClick={() => {
                if (microphone === null) void local.openMicrophone().then(() => local.setMicrophoneOn(true));
                else local.setMicrophoneOn(!microphoneOn);
              }}
            />
            <CameraButton
              on={camera !== null}
              onClick={() => {
                if (camera === null) void local.openCamera();
                else local.closeCamera();
              }}
            />
          </Group>
        </section>
        <Stack gap="lg" className={classes['choices'] ?? ''}>
          <Stack gap={4}>
            <LogoMark size={36} />
            <Title order={1} mt="xs">
              {roomName}
            </Title>
            <Text c="dimmed">Check how you look and sound, then go in.</Text>
          </Stack>
          {problem !== undefined && (
            <Alert color="yellow" icon={<IconAlertTriangle />} role="alert">
              {problem} You can also go in without.
            </Alert>
          )}
          {name === undefined && (
            <TextInput
              label="Your name"
              description="The others see it."
              size="md"
              maxLength={80}
              autoComplete="name"
              value={guestName}
              onChange={(event) => setGuestName(event.currentTarget.value)}
              error={asked && missingName ? 'Enter your name' : null}
            />
          )}
          <LevelMeter track={microphoneOn ? microphone : null} />
          <DeviceChoices local={local} />
          <Group grow>
            <Button variant="default" size="md" onClick={onCancel}>
              {name === undefined ? 'Not now' : 'Back'}
            </Button>
            <Button type="submit" size="md">
              {name === undefined ? 'Ask to join' : 'Join now'}
            </Button>
          </Group>
        </Stack>
      </form>
    </main>
  );
}
