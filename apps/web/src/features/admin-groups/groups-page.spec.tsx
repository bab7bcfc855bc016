import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { GroupsPage } from './groups-page.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const group = {
  ringGroupId: '01890000-0000-7000-8000-000000000001',
  ...{ name: 'Sales', extension: '1100', ringSeconds: 25, memberIds: [] },
};

it('gives the focus back to what opened a drawer, and each drawer begins with its own group', async () => {
  const answer = (url: string) => (url.includes('ring-groups') ? [group] : []);
  vi.stubGlobal(
    'fetch',
    vi.fn((url: string) =>
      Promise.resolve(
        new Response(JSON.stringify(answer(url)), { status: 200, headers: { 'content-type': 'application/json' } }),
      ),
    ),
  );
  render(<TestPage path="/" element={<GroupsPage />} />);
  const user = userEvent.setup();
  const edit = await screen.findByRole('button', { name: 'Edit Sales' });
  await user.click(edit);
  expect(await screen.findByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'Sales');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(edit));
  const [add] = screen.getAllByRole('button', { name: 'Add ring group' });
  if (add === undefined) throw new Error('No button');
  await user.click(add);
  expect(await screen.findByRole('textbox', { name: 'Name' })).toHaveProperty('value', '');
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(document.activeElement).toBe(add));
});
