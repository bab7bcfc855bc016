import { Button, Center } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/empty-state.js';

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  return (
    <Center mih="60dvh">
      <EmptyState
        order={1}
        icon={<IconMapOff size={28} />}
        title="This page does not exist"
        hint="The address may be mistyped, or what it showed was deleted."
        action={
          <Button component={Link} to="/">
            Go to the start page
          </Button>
        }
      />
    </Center>
  );
}
