import type { Ladder, LadderMessage } from '@carillon/contracts';
import { Badge, Button, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { sayEntry, seconds, textOf, titleOf } from './describe-entry.js';
import { MessageText } from './message-text.js';

/** One message, whole. */
export function MessagePanel({ message, ladder }: { message: LadderMessage; ladder: Ladder }) {
  const text = textOf(message);
  const { direction, local, remote, protocol, repeats } = message;
  const [from, to] = direction === 'in' ? [remote, local] : [local, remote];
  const nameOf = (id: string) => ladder.participants.find((participant) => participant.id === id)?.label ?? id;
  return (
    <Stack gap="sm" data-testid="ladder-message">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2}>{titleOf(message)}</Title>
          <Text size="sm" c="dimmed">
            {sayEntry(message, nameOf)}
          </Text>
        </div>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="compact-md"
              variant="default"
              style={{ flex: 'none' }}
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Group gap="xs">
        <Badge color="gray">{protocol.toUpperCase()}</Badge>
        <Badge color="gray">{seconds(message.at - (ladder.entries[0]?.at ?? message.at))} s</Badge>
        {repeats > 0 && <Badge color="orange">sent {repeats + 1} times</Badge>}
      </Group>
      <Text size="sm" c="dimmed" className="tabular">
        {from.address}:{from.port} → {to.address}:{to.port}
      </Text>
      <MessageText text={text} />
    </Stack>
  );
}
