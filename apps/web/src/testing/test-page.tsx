import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { createMemoryRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from '../app/create-query-client.js';

interface TestPageProps {
  path: string;
  element: ReactNode;
  /** Where it begins, where `path` has parts that vary. */
  at?: string;
}

/** What surrounds a page in the app, for specs: theme, cache and a router with this one page. */
export function TestPage({ path, element, at = path }: TestPageProps) {
  const [queries] = useState(createQueryClient);
  const [router] = useState(() =>
    createMemoryRouter(
      [
        { path, element },
        { path: '*', element: <p>elsewhere</p> },
      ],
      { initialEntries: [at] },
    ),
  );
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
