import { Button, Group, Paper, Text } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { useMeeting, useMeetingSession, useSelf } from './meeting-context.js';
import classes from './meeting.module.css';

/** Tells hosts who waits in the lobby, the first come first. */
export function LobbyNotice() {
  const session = useMeetingSession();
  const host = useSelf()?.role === 'host';
  const waiting = useMeeting(
    useShallow((state) => [...state.participants.values()].filter((one) => one.state === 'lobby')),
  );
  const first = waiting[0];
  if (!host || first === undefined) return null;
  const others = waiting.length - 1;
  return (
    <Paper className={classes['lobbyNotice'] ?? ''} p="md" shadow="xl" c="var(--mantine-color-text)" role="alert">
      <Group gap="sm" wrap="nowrap" mb="sm">
        {first.endpoint === 'phone' && <IconPhone size={18} aria-label="By phone" />}
        <Text>
          <b>{first.name}</b> waits in the lobby
          {others > 0 && `, and ${others} more`}
        </Text>
      </Group>
      <Group grow>
        <Button
          size="xs"
          variant="default"
          onClick={() => void session.requests.remove(first.participantId)}
          aria-label={`Deny ${first.name}`}
        >
          Deny
        </Button>
        <Button
          size="xs"
          onClick={() => void session.requests.admit(first.participantId)}
          aria-label={`Admit ${first.name}`}
        >
          Admit
        </Button>
      </Group>
    </Paper>
  );
}
