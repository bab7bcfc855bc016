import { IvrMenu } from '@carillon/contracts';
import { focusManager } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { MenuPage } from './menu-page.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const ID = '01890000-0000-7000-8000-000000000001';
const menu = IvrMenu.parse({
  ...{ ivrMenuId: ID, name: 'Main', extension: '1200', welcomeText: 'Welcome', operatorUserId: null },
  ...{ timeoutSeconds: 5, maxRetries: 2, entries: [] },
});
let menus: IvrMenu[];
const show = () => {
  vi.stubGlobal('fetch', (input: string) =>
    Promise.resolve(
      new Response(JSON.stringify(input.includes('menus') ? menus : []), {
        status: 200,
        headers: { 'content-type': 'application/json' },
      }),
    ),
  );
  render(<TestPage path="/admin/menus/:ivrMenuId" at={`/admin/menus/${ID}`} element={<MenuPage />} />);
};

it('keeps what was entered where another administrator deletes the menu meanwhile, and says so', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  menus = [menu];
  show();
  const name = await screen.findByLabelText(/^Name/, {}, { timeout: 10_000 });
  fireEvent.change(name, { target: { value: 'Main line' } });
  menus = [];
  // The list is stale by now, and the window comes back to the front.
  vi.setSystemTime(Date.now() + 60_000);
  act(() => {
    focusManager.setFocused(false);
    focusManager.setFocused(true);
  });
  expect(await screen.findByText('This menu was deleted meanwhile', {}, { timeout: 10_000 })).toBeTruthy();
  expect(screen.getByLabelText(/^Name/)).toHaveProperty('value', 'Main line');
});

it('says that there is none where the address leads to none', async () => {
  menus = [];
  show();
  expect(await screen.findByText('This IVR menu is not there', {}, { timeout: 10_000 })).toBeTruthy();
});
