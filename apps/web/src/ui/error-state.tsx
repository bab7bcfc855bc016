import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { failureText } from './failure-text.js';

/** What is shown in place of content that could not be had, with a way to try again. */
export function ErrorState({ error, onRetry, what = 'this' }: { error: unknown; onRetry: () => void; what?: string }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={`Could not load ${what}`} role="alert">
      <Group justify="space-between">
        <Text size="sm">{failureText(error)}</Text>
        <Button size="xs" variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}
