import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface NoMatchProps {
  children: ReactNode;
  /** Ends the search, and leads back to its field: this button is gone then. */
  onShowAll: () => void;
}

/** Where a list has something, but nothing of what is searched for. */
export function NoMatch({ children, onShowAll }: NoMatchProps) {
  return (
    <Stack align="center" gap="xs" py="xl">
      <Text role="status" c="dimmed" ta="center" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
      <Button variant="subtle" size="compact-sm" onClick={onShowAll}>
        Show all
      </Button>
    </Stack>
  );
}
