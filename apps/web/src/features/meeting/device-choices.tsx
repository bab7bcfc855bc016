import { Select, Stack, Switch } from '@mantine/core';
import { useStore } from 'zustand';
import type { LocalMedia } from './media/local-media.js';

/** Which microphone and camera, where there is a choice. */
export function DeviceChoices({ local }: { local: LocalMedia }) {
  const { devices, microphone, camera, microphoneId, cameraId, noiseSuppression } = useStore(local.store);
  const options = (kind: MediaDeviceKind, word: string) =>
    devices
      .filter((device) => device.kind === kind)
      .map((device, index) => ({ value: device.deviceId, label: device.label || `${word} ${index + 1}` }));
  const microphones = options('audioinput', 'Microphone');
  const cameras = options('videoinput', 'Camera');
  const known = (id: string | null | undefined, list: { value: string }[]) =>
    list.some((one) => one.value === id) ? (id ?? null) : (list[0]?.value ?? null);
  return (
    <Stack gap="sm">
      {microphones.length > 0 && (
        <Select
          label="Microphone"
          allowDeselect={false}
          data={microphones}
          value={known(microphoneId ?? microphone?.getSettings().deviceId, microphones)}
          onChange={(id) => id !== null && void local.choose({ microphoneId: id })}
        />
      )}
      {cameras.length > 0 && (
        <Select
          label="Camera"
          allowDeselect={false}
          data={cameras}
          value={known(cameraId ?? camera?.getSettings().deviceId, cameras)}
          onChange={(id) => id !== null && void local.choose({ cameraId: id })}
        />
      )}
      <Switch
        label="Noise suppression"
        description="Switch it off to play music or tones."
        checked={noiseSuppression}
        onChange={(event) => void local.choose({ noiseSuppression: event.currentTarget.checked })}
      />
    </Stack>
  );
}
