import { Menu, Popover } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import {
  IconHandStop,
  IconPhoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react';
import { confirm } from '../../ui/confirm.js';
import { CameraButton, MicrophoneButton } from './device-buttons.js';
import { DeviceChoices } from './device-choices.js';
import { useLocal, useMeeting, useMeetingSession, useSelf } from './meeting-context.js';
import classes from './meeting.module.css';
import { RoundButton } from './round-button.js';

interface ControlBarProps {
  panelOpen: boolean;
  onPanel: () => void;
}

/** What one does in a meeting: microphone, camera, screen, hand, devices, people, leave. */
export function ControlBar({ panelOpen, onPanel }: ControlBarProps) {
  const session = useMeetingSession();
  const self = useSelf();
  const screen = useMeeting((state) => state.screen);
  const waiting = useMeeting((state) => [...state.participants.values()].filter((one) => one.state === 'lobby').length);
  const microphoneOn = useLocal((state) => state.microphone !== null && state.microphoneOn);
  const cameraOn = useLocal((state) => state.camera !== null);
  const handRaised = self?.handRaised ?? false;
  const canShare = typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  const toggleMicrophone = () => void session.sender.setMicrophone(!microphoneOn);
  const toggleCamera = () => void session.sender.setCamera(!cameraOn);
  const toggleHand = () => void session.requests.raiseHand(!handRaised);
  useHotkeys([
    ['m', toggleMicrophone],
    ['v', toggleCamera],
    ['h', toggleHand],
  ]);
  return (
    <footer className={classes['bar']} aria-label="Meeting controls">
      <MicrophoneButton on={microphoneOn} onClick={toggleMicrophone} />
      <CameraButton on={cameraOn} onClick={toggleCamera} />
      {canShare && (
        <RoundButton
          label={screen === null ? 'Share screen' : 'Stop sharing your screen'}
          kind={screen === null ? 'plain' : 'active'}
          onClick={() => void (screen === null ? session.sender.shareScreen() : session.sender.stopScreen())}
        >
          {screen === null ? <IconScreenShare size={22} /> : <IconScreenShareOff size={22} />}
        </RoundButton>
      )}
      <RoundButton
        label={handRaised ? 'Lower hand' : 'Raise hand'}
        kind={handRaised ? 'active' : 'plain'}
        aria-pressed={handRaised}
        onClick={toggleHand}
      >
        <IconHandStop size={22} />
      </RoundButton>
      <Popover width={300} position="top" shadow="lg" withArrow trapFocus>
        <Popover.Target>
          <RoundButton label="Devices">
            <IconSettings size={22} />
          </RoundButton>
        </Popover.Target>
        <Popover.Dropdown>
          <DeviceChoices local={session.local} />
        </Popover.Dropdown>
      </Popover>
      <RoundButton
        label={waiting > 0 ? `Participants, ${waiting} in the lobby` : 'Participants'}
        kind={panelOpen ? 'active' : 'plain'}
        aria-expanded={panelOpen}
        onClick={onPanel}
      >
        <IconUsers size={22} />
        {waiting > 0 && <span className={classes['waiting']}>{waiting}</span>}
      </RoundButton>
      {self?.role === 'host' ? (
        <Menu position="top" shadow="lg">
          <Menu.Target>
            <RoundButton label="Leave" kind="end">
              <IconPhoneOff size={22} />
            </RoundButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void session.leave()}>Leave the meeting</Menu.Item>
            <Menu.Item
              color="red"
              onClick={() =>
                confirm({
                  title: 'End the meeting for all?',
                  body: 'Everyone is sent out, callers on phones too.',
                  verb: 'End for all',
                  onConfirm: () => void session.requests.end(),
                })
              }
            >
              End for all
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <RoundButton label="Leave" kind="end" onClick={() => void session.leave()}>
          <IconPhoneOff size={22} />
        </RoundButton>
      )}
    </footer>
  );
}
