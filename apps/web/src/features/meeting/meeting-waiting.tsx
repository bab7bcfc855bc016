import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import { LogoMark } from '../../app/logo.js';

interface MeetingWaitingProps {
  lobby: boolean;
  roomName: string;
  onCancel: () => void;
}

/** On the way in, or in the lobby until a host opens. */
export function MeetingWaiting({ lobby, roomName, onCancel }: MeetingWaitingProps) {
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack align="center" gap="md" role="status" maw={420}>
        <LogoMark size={56} />
        <Title order={1} ta="center">
          {lobby ? 'You are in the lobby' : `Going into ${roomName}…`}
        </Title>
        {lobby && (
          <Text c="dimmed" ta="center">
            A host of {roomName} has been told that you are here. Stay on this page, you come in by yourself once they
            let you.
          </Text>
        )}
        <Loader type="dots" size="md" />
        <Button variant="default" onClick={onCancel}>
          {lobby ? 'Leave the lobby' : 'Cancel'}
        </Button>
      </Stack>
    </Center>
  );
}
