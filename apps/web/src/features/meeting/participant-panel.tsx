import type { Participant, Room } from '@carillon/contracts';
import { ActionIcon, Button, CloseButton, Group, Menu, Stack, Text, Title } from '@mantine/core';
import { IconDotsVertical, IconHandStop, IconMicrophone, IconMicrophoneOff, IconPhone } from '@tabler/icons-react';
import { confirm } from '../../ui/confirm.js';
import { PersonAvatar } from '../../ui/person-avatar.js';
import { CopyGuestLink } from './copy-guest-link.js';
import { useMeeting, useMeetingSession, useSelf } from './meeting-context.js';
import classes from './meeting.module.css';

/** Everyone in the room and in the lobby, with what a host may do. */
export function ParticipantPanel({ room, onClose }: { room: Room | null; onClose: () => void }) {
  const participants = useMeeting((state) => state.participants);
  const host = useSelf()?.role === 'host';
  const all = [...participants.values()];
  const inside = all.filter((one) => one.state === 'entered');
  const lobby = all.filter((one) => one.state === 'lobby');
  return (
    <aside className={classes['panel']} aria-label="Participant list">
      <Group justify="space-between" mb="md">
        <Title order={2}>Participants ({inside.length})</Title>
        <CloseButton onClick={onClose} aria-label="Close the participant list" />
      </Group>
      {host && lobby.length > 0 && (
        <section aria-label="Lobby">
          <Text size="sm" fw={600} c="dimmed" mb="xs">
            In the lobby
          </Text>
          <Stack component="ul" className={classes['people'] ?? ''} gap="xs" mb="lg">
            {lobby.map((one) => (
              <LobbyRow key={one.participantId} participant={one} />
            ))}
          </Stack>
        </section>
      )}
      <Stack component="ul" className={classes['people'] ?? ''} gap="xs" aria-label="In the meeting">
        {inside.map((one) => (
          <PersonRow key={one.participantId} participant={one} host={host} />
        ))}
      </Stack>
      {room !== null && (
        <Stack mt="xl" gap="xs">
          <CopyGuestLink room={room} />
        </Stack>
      )}
    </aside>
  );
}

function LobbyRow({ participant }: { participant: Participant }) {
  const { requests } = useMeetingSession();
  const { participantId, name } = participant;
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <Text truncate>{name}</Text>
      <Group gap={6} wrap="nowrap">
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void requests.remove(participantId)}
          aria-label={`Deny ${name}`}
        >
          Deny
        </Button>
        <Button size="compact-sm" onClick={() => void requests.admit(participantId)} aria-label={`Admit ${name}`}>
          Admit
        </Button>
      </Group>
    </Group>
  );
}

function PersonRow({ participant, host }: { participant: Participant; host: boolean }) {
  const { requests } = useMeetingSession();
  const own = useMeeting((state) => state.selfId === participant.participantId);
  const { participantId, name, endpoint, muted, handRaised, role, identity, number } = participant;
  const below = [
    role === 'host' ? 'Host' : identity === 'guest' ? 'Guest' : null,
    endpoint === 'phone' ? `Phone ${number ?? ''}`.trim() : null,
  ].filter((word) => word !== null);
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="sm">
      <Group wrap="nowrap" gap="sm" miw={0}>
        <PersonAvatar name={name} size={34} />
        <div style={{ minWidth: 0 }}>
          <Text truncate>{own ? `${name} (you)` : name}</Text>
          {below.length > 0 && (
            <Text size="xs" c="dimmed" truncate>
              {below.join(' · ')}
            </Text>
          )}
        </div>
      </Group>
      <Group gap={4} wrap="nowrap">
        {handRaised && <IconHandStop size={18} aria-label="Hand raised" />}
        {endpoint === 'phone' && <IconPhone size={18} aria-label="By phone" />}
        {muted ? (
          <IconMicrophoneOff size={18} aria-label="Muted" />
        ) : (
          <IconMicrophone size={18} aria-label="Not muted" />
        )}
        {host && !own && (
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <ActionIcon aria-label={`More for ${name}`}>
                <IconDotsVertical size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={muted} onClick={() => void requests.mute(participantId)}>
                Mute
              </Menu.Item>
              <Menu.Item
                color="red"
                onClick={() =>
                  confirm({
                    title: `Remove ${name}?`,
                    body: 'They leave the meeting at once.',
                    verb: 'Remove',
                    onConfirm: () => void requests.remove(participantId),
                  })
                }
              >
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
    </Group>
  );
}
