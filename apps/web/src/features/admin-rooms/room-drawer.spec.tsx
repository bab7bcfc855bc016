import type { Room } from '@carillon/contracts';
import { newId, RoomId } from '@carillon/domain';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { renderStored } from '../../testing/render-stored.js';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { RoomDrawer } from './room-drawer.js';
import { RoomsPage } from './rooms-page.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const room: Room = {
  ...{ roomId: newId(RoomId), name: 'Board', extension: '1300', pin: null, lobby: true, guestUrl: null },
};

it('saves what was edited beside what another administrator has saved meanwhile', async () => {
  const fetcher = serve({ PUT: [200, room] });
  const store = renderStored(room, (stored) => <RoomDrawer room={stored} opened onClose={() => undefined} />);
  const user = userEvent.setup();
  const name = await screen.findByRole('textbox', { name: 'Name' });
  await user.clear(name);
  await user.type(name, 'Board room');
  store({ ...room, name: 'Main board', pin: '4711', lobby: false });
  await waitFor(() => expect(screen.getByRole('textbox', { name: /PIN/ })).toHaveProperty('value', '4711'));
  expect(name).toHaveProperty('value', 'Board room');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  const body = fetcher.mock.calls[0]?.[1]?.body;
  expect(JSON.parse(typeof body === 'string' ? body : '')).toEqual({
    ...{ name: 'Board room', extension: '1300', pin: '4711', lobby: false },
  });
});

it('gives the focus back to the menu that it was opened from', async () => {
  serve({ GET: [200, [room]] });
  render(<TestPage path="/admin/rooms/:recordId?" at="/admin/rooms" element={<RoomsPage />} />);
  const user = userEvent.setup();
  const more = await screen.findByRole('button', { name: 'More for Board' });
  await user.click(more);
  await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
  await screen.findByRole('textbox', { name: 'Name' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(more));
});
