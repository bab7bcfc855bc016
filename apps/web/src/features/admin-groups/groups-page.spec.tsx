import { RingGroup } from '@carillon/contracts';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderStored } from '../../testing/render-stored.js';
import { TestPage } from '../../testing/test-page.js';
import { GroupDrawer } from './group-drawer.js';
import { GroupsPage } from './groups-page.js';

const fetcher = vi.fn<typeof fetch>();

beforeEach(() => {
  fetcher.mockImplementation((input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://x.test');
    const answer = init?.method === 'PUT' ? group : pathname.endsWith('/ring-groups') ? [group] : users;
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200, headers }));
  });
  vi.stubGlobal('fetch', fetcher);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const idOf = (last: number): string => `01890000-0000-7000-8000-00000000000${last}`;
const group = RingGroup.parse({
  ringGroupId: idOf(1),
  ...{ name: 'Sales', extension: '1100', ringSeconds: 25, memberIds: [idOf(2)] },
});
const users = ['Ada', 'Bob', 'Carol'].map((displayName, at) => ({
  ...{ userId: idOf(at + 2), displayName, email: `${at}@b.example`, extension: null, role: 'staff', isOperator: false },
  ...{ mailboxId: null, disabled: false, createdAt: '2026-03-01T12:00:00.000Z', devices: [] },
}));
const page = (at: string) => <TestPage path="/admin/groups/:recordId?" at={at} element={<GroupsPage />} />;
const nameField = () => screen.findByRole('textbox', { name: 'Name' });
const noDrawer = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

it('gives the focus back to what opened a drawer, and each drawer begins with its own group', async () => {
  render(page('/admin/groups'));
  const user = userEvent.setup();
  const edit = await screen.findByRole('link', { name: 'Edit Sales' });
  await user.click(edit);
  expect(await nameField()).toHaveProperty('value', 'Sales');
  await user.keyboard('{Escape}');
  await noDrawer();
  await waitFor(() => expect(document.activeElement).toBe(edit));
  const [add] = screen.getAllByRole('button', { name: 'Add ring group' });
  if (add === undefined) throw new Error('No button');
  await user.click(add);
  expect(await nameField()).toHaveProperty('value', '');
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(document.activeElement).toBe(add));
});

describe('the address of a group', () => {
  it('opens its drawer, and the list behind it when that is closed', async () => {
    render(page(`/admin/groups/${group.ringGroupId}`));
    expect(await nameField()).toHaveProperty('value', 'Sales');
    await userEvent.setup().click(screen.getByRole('button', { name: 'Cancel' }));
    await noDrawer();
    expect(screen.getByRole('link', { name: 'Sales' })).toBeTruthy();
  });

  it('says so where there is no such group', async () => {
    render(page(`/admin/groups/${idOf(9)}`));
    expect(await screen.findByRole('heading', { name: 'This ring group is not there' })).toBeTruthy();
    await userEvent.setup().click(screen.getByRole('button', { name: 'Show all ring groups' }));
    await noDrawer();
  });
});

it('keeps a member that another administrator has added while one is added here', async () => {
  const store = renderStored(group, (stored) => <GroupDrawer group={stored} opened onClose={() => undefined} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('combobox', { name: 'Members' }));
  await user.click(await screen.findByRole('option', { name: 'Bob' }));
  store(RingGroup.parse({ ...group, ringSeconds: 40, memberIds: [idOf(2), idOf(4)] }));
  await screen.findByRole('button', { name: 'Remove Carol' });
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const saved = await waitFor(() => {
    const found = fetcher.mock.calls.find(([, init]) => init?.method === 'PUT');
    if (found === undefined) throw new Error('Not saved yet');
    return found[1]?.body;
  });
  expect(JSON.parse(typeof saved === 'string' ? saved : '')).toMatchObject({
    ...{ name: 'Sales', ringSeconds: 40, memberIds: [idOf(2), idOf(3), idOf(4)] },
  });
});
