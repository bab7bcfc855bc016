import { Button, Group, Loader, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useRealtime, useRealtimeState } from '../../api/realtime-context.js';

/** Blinks are not worth a word. */
const SHOW_AFTER_MS = 1_500;

/** Tells that live updates are interrupted; the pages themselves stay usable. */
export function ConnectionBanner() {
  const state = useRealtimeState();
  return state === 'lost' || state === 'refused' ? <Interruption state={state} /> : null;
}

function Interruption({ state }: { state: 'lost' | 'refused' }) {
  const realtime = useRealtime();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <Group
      role="status"
      justify="center"
      gap="sm"
      px="md"
      py={8}
      bg="var(--mantine-color-yellow-light)"
      c="var(--mantine-color-yellow-light-color)"
    >
      {state === 'lost' && <Loader size={14} color="currentColor" />}
      <Text size="sm">
        {state === 'lost' ? 'Connection lost. Reconnecting…' : 'The server closed the live connection.'}
      </Text>
      {state === 'refused' && (
        <Button size="compact-sm" variant="default" onClick={() => realtime.reconnect()}>
          Reconnect
        </Button>
      )}
    </Group>
  );
}
