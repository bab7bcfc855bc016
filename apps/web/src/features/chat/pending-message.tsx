import { Button, Group, Text } from '@mantine/core';
import classes from './chat.module.css';
import { useOutbox, type OutgoingMessage } from './outbox-store.js';

const WORDS = { sending: 'Sending…', waiting: 'Waiting for the connection' } as const;

/** A chat message on its way. */
export function PendingMessage({
  message,
  onRetry,
}: {
  message: OutgoingMessage;
  onRetry: (message: OutgoingMessage) => void;
}) {
  const remove = useOutbox((state) => state.remove);
  return (
    <div className={classes['run']} data-own>
      <div className={classes['bubbles']}>
        <div className={classes['bubble']} data-state={message.state}>
          {message.body}
        </div>
        {message.state === 'refused' ? (
          <Group gap="xs" justify="flex-end" role="alert">
            <Text size="xs" c="var(--mantine-color-error)">
              Not sent. {message.reason}
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => onRetry(message)}>
              Send again
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => remove(message.clientToken)}>
              Discard
            </Button>
          </Group>
        ) : (
          <Text size="xs" c="dimmed">
            {WORDS[message.state]}
          </Text>
        )}
      </div>
    </div>
  );
}
