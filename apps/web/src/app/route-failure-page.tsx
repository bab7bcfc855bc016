import { Button, Center } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { EmptyState } from '../ui/empty-state.js';
import { NotFoundPage } from './not-found-page.js';

/** A page that could not be fetched or shown. A new version of the server is the usual reason: reloading helps. */
export function RouteFailurePage({ inShell = false }: { inShell?: boolean }) {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  console.error('A page failed', error);
  return (
    <Center mih={inShell ? '60dvh' : '100dvh'} role="alert">
      <EmptyState
        order={1}
        icon={<IconPlugConnectedX size={28} />}
        title="This page could not be shown"
        hint="The connection may have dropped, or Carillon was updated in the meantime. Nothing you saved is lost."
        action={<Button onClick={() => window.location.reload()}>Reload the page</Button>}
      />
    </Center>
  );
}
