import type { Ladder, LadderMessage } from '@carillon/contracts';
import { ActionIcon, Badge, Button, CloseButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCheck, IconCopy } from '@tabler/icons-react';
import { sayEntry, seconds, textOf, titleOf } from './describe-entry.js';
import { MessageText } from './message-text.js';
import { CopyButton } from '../../ui/copy-button.js';

interface MessagePanelProps {
  message: LadderMessage;
  ladder: Ladder;
  /** Undefined at the first and last that is shown. */
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  /** Absent where what is around it can be closed. */
  onClose?: () => void;
}

/** One message, whole, with ways to those before and after it. */
export function MessagePanel({ message, ladder, onPrevious, onNext, onClose }: MessagePanelProps) {
  const text = textOf(message);
  const { direction, local, remote, protocol, repeats } = message;
  const [from, to] = direction === 'in' ? [remote, local] : [local, remote];
  const nameOf = (id: string) => ladder.participants.find((participant) => participant.id === id)?.label ?? id;
  return (
    <Stack gap="sm" data-testid="ladder-message">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {titleOf(message)}
        </Title>
        {onClose !== undefined && <CloseButton aria-label="Close the message" onClick={onClose} />}
      </Group>
      <Text size="sm" c="dimmed">
        {sayEntry(message, nameOf)}
      </Text>
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="compact-md"
              variant="default"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <ActionIcon aria-label="Message before" disabled={onPrevious === undefined} onClick={onPrevious}>
          <IconArrowUp size={18} />
        </ActionIcon>
        <ActionIcon aria-label="Next message" disabled={onNext === undefined} onClick={onNext}>
          <IconArrowDown size={18} />
        </ActionIcon>
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
