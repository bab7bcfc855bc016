import { newId, UserId } from '@carillon/domain';
import type { User } from '@carillon/contracts';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Link, useLocation } from 'react-router';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { UserPage } from './user-page.js';
import { UsersPage } from './users-page.js';

/** A whole page takes its time to draw. */
const SLOW = { timeout: 10_000 };
const user: User = {
  ...{ userId: newId(UserId), email: 'grace@b.example', displayName: 'Grace', role: 'staff', isOperator: false },
  ...{ extension: '1002', mailboxId: null, disabled: false, createdAt: '2026-03-01T12:00:00.000Z', devices: [] },
};

beforeEach(() => {
  vi.stubGlobal('fetch', (input: string) =>
    Promise.resolve(Response.json(input.endsWith('/users') ? [user] : input.includes('/users/') ? user : [])),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Users() {
  const { pathname, search } = useLocation();
  return (
    <>
      <output data-testid="address">{pathname + search}</output>
      <Link to="/admin/users">To the list</Link>
      {pathname === '/admin/users' ? <UsersPage /> : <UserPage />}
    </>
  );
}

const address = () => screen.getByTestId('address').textContent;
const show = (at: string) => render(<TestPage path="/admin/users/:userId?" at={at} element={<Users />} />);

it('a drawer that is closed twice goes back once', async () => {
  show('/admin/users?search=before');
  fireEvent.click(screen.getByText('To the list'));
  await waitFor(() => expect(address()).toBe('/admin/users'));
  fireEvent.click(screen.getByText('Add user'));
  await waitFor(() => expect(address()).toBe('/admin/users?new=1'));
  const cancel = (await screen.findByText('Cancel', {}, SLOW)).closest('button');
  if (cancel === null) throw new Error('No button');
  // Before anything is drawn anew, as while the drawer slides away.
  act(() => {
    cancel.click();
    cancel.click();
  });
  await waitFor(() => expect(address()).not.toBe('/admin/users?new=1'), SLOW);
  await new Promise((settle) => setTimeout(settle, 50));
  expect(address()).toBe('/admin/users');
});

it('the way from a user back to all of them leads to those that were searched for', async () => {
  show('/admin/users?search=gra');
  fireEvent.click(await screen.findByRole('link', { name: 'Grace' }, SLOW));
  fireEvent.click(await screen.findByRole('link', { name: 'All users' }, SLOW));
  await waitFor(() => expect(address()).toBe('/admin/users?search=gra'), SLOW);
});
