import { IconMicrophone, IconMicrophoneOff, IconVideo, IconVideoOff } from '@tabler/icons-react';
import { RoundButton } from './round-button.js';

interface DeviceButtonProps {
  on: boolean;
  onClick: () => void;
}

export function MicrophoneButton({ on, onClick }: DeviceButtonProps) {
  return (
    <RoundButton label={on ? 'Mute microphone' : 'Unmute microphone'} kind={on ? 'plain' : 'off'} onClick={onClick}>
      {on ? <IconMicrophone size={22} /> : <IconMicrophoneOff size={22} />}
    </RoundButton>
  );
}

export function CameraButton({ on, onClick }: DeviceButtonProps) {
  return (
    <RoundButton label={on ? 'Turn camera off' : 'Turn camera on'} kind={on ? 'plain' : 'off'} onClick={onClick}>
      {on ? <IconVideo size={22} /> : <IconVideoOff size={22} />}
    </RoundButton>
  );
}
