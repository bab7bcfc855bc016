import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { LogoMark } from '../../app/logo.js';
import { useMeeting } from './meeting-context.js';
import type { OverReason } from './meeting-store.js';

const TITLES: Readonly<Record<OverReason, string>> = {
  left: 'You left the meeting',
  removed: 'A host removed you from the meeting',
  denied: 'A host did not let you in',
  ended: 'The meeting is over',
  refused: 'You could not join',
};

interface MeetingOverProps {
  guest: boolean;
  onRejoin: () => void;
  onExit: () => void;
}

/** After the meeting: why it is over, and the way back. */
export function MeetingOver({ guest, onRejoin, onExit }: MeetingOverProps) {
  const reason = useMeeting((state) => state.overReason) ?? 'left';
  const detail = useMeeting((state) => state.overDetail);
  const mayRejoin = reason === 'left' || reason === 'refused' || reason === 'ended';
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack align="center" gap="md" role="status" maw={420}>
        <LogoMark size={56} />
        <Title order={1} ta="center">
          {TITLES[reason]}
        </Title>
        {detail !== null && (
          <Text c="dimmed" ta="center">
            {detail}
          </Text>
        )}
        <Group>
          {mayRejoin && (
            <Button variant={guest ? 'filled' : 'default'} onClick={onRejoin}>
              {reason === 'refused' ? 'Try again' : 'Join again'}
            </Button>
          )}
          {!guest && <Button onClick={onExit}>Back to meetings</Button>}
        </Group>
        {guest && <Text c="dimmed">You can close this page.</Text>}
      </Stack>
    </Center>
  );
}
