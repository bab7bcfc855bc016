import { Button, Center } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useMe } from '../api/queries.js';
import { EmptyState } from '../ui/empty-state.js';

/** For staff at an address of the portal, whether or not there is something at it. */
export function AdminsOnlyPage() {
  useDocumentTitle('For administrators · Carillon');
  const { displayName } = useMe();
  return (
    <Center mih="60dvh">
      <EmptyState
        order={1}
        icon={<IconLock size={28} />}
        title="This page is for administrators"
        hint={`You are logged in as ${displayName}. Ask an administrator to look, or to give you that role.`}
        action={
          <Button component={Link} to="/">
            Go to the start page
          </Button>
        }
      />
    </Center>
  );
}
