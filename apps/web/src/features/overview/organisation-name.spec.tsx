import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Suspense } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { DEMO_ADMIN } from '../../testing/demo-admin.js';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { OrganisationName } from './organisation-name.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('is renamed, and says what is wrong before it asks the server', async () => {
  const fetcher = serve({ GET: [200, DEMO_ADMIN], PUT: [200, { name: 'Bell & Sons' }] });
  render(
    <TestPage
      path="/"
      element={
        <Suspense>
          <OrganisationName />
        </Suspense>
      }
    />,
  );
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Rename Demo' }));
  const name = await screen.findByRole('textbox', { name: /Name/ });
  expect(name).toHaveProperty('value', 'Demo');
  await user.clear(name);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/Fill this in|expected string to have >=1/)).toBeTruthy();
  expect(fetcher.mock.calls.filter(([, init]) => init?.method === 'PUT')).toHaveLength(0);
  await user.type(name, 'Bell & Sons');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const sent = fetcher.mock.calls.find(([, init]) => init?.method === 'PUT')?.[1]?.body;
  expect(sent).toBe(JSON.stringify({ name: 'Bell & Sons' }));
});
