import { RingGroup } from '@carillon/contracts';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Link, useLocation, useNavigate } from 'react-router';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GroupsPage } from '../features/admin-groups/groups-page.js';
import { MenuEditor } from '../features/admin-ivr/menu-editor.js';
import { TestPage } from '../testing/test-page.js';

/** A whole page takes its time to draw. */
const SLOW = { timeout: 10_000 };
const idOf = (last: number): string => `01890000-0000-7000-8000-00000000000${last}`;
const group = RingGroup.parse({
  ...{ ringGroupId: idOf(1), name: 'Sales', extension: '1100', ringSeconds: 25, memberIds: [] },
});
/** What the server stores by now, and its answer to what is saved: given when the test says so. */
let groups: RingGroup[];
let answerSave: (body: unknown) => void;

const json = (body: unknown) =>
  new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } });

beforeEach(() => {
  groups = [group];
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) => {
    if (init?.method === 'PUT' || init?.method === 'POST')
      return new Promise((settle) => {
        answerSave = (body) => settle(json(body));
      });
    return Promise.resolve(json(input.includes('ring-groups') ? groups : []));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Around() {
  const { pathname, search } = useLocation();
  return (
    <>
      <output data-testid="address">{pathname + search}</output>
      <Link to="/admin/groups">To the list</Link>
      <Link to="/phone">To the phone</Link>
      <Link to={`/admin/groups/${idOf(2)}`}>To another</Link>
    </>
  );
}

const show = (at: string) =>
  render(
    <TestPage
      path="/admin/groups/:recordId?"
      at={at}
      element={
        <>
          <Around />
          <GroupsPage />
        </>
      }
    />,
  );
const address = () => screen.getByTestId('address').textContent;
/** What is behind a drawer is hidden from roles. */
const goTo = (text: string) => fireEvent.click(screen.getByText(text));

/** Many roles take long to work out. */
async function save() {
  const button = (await screen.findByText('Save', {}, SLOW)).closest('button');
  if (button === null) throw new Error('No button');
  fireEvent.click(button);
}

async function saveOpened() {
  fireEvent.click(await screen.findByLabelText('Edit Sales', {}, SLOW));
  await save();
}

/** Long enough for whatever follows from the answer. */
const answerLate = (body: unknown) =>
  act(async () => {
    answerSave(body);
    await new Promise((settle) => setTimeout(settle, 50));
  });

it('a save closes the drawer that it was made in', async () => {
  show('/admin/groups');
  await saveOpened();
  answerSave(group);
  await waitFor(() => expect(address()).toBe('/admin/groups'), SLOW);
});

it('a save that ends when the user has gone to another page leaves them there', async () => {
  show('/admin/groups');
  await saveOpened();
  goTo('To the phone');
  await screen.findByText('elsewhere', {}, SLOW);
  await answerLate(group);
  expect(screen.getByText('elsewhere')).toBeTruthy();
});

it('a save that ends when its drawer was closed, or another was opened, leaves the address', async () => {
  show('/admin/groups?before');
  goTo('To the list');
  await saveOpened();
  fireEvent.keyDown(document.body, { key: 'Escape' });
  await waitFor(() => expect(address()).toBe('/admin/groups'), SLOW);
  await answerLate(group);
  expect(address()).toBe('/admin/groups');

  await saveOpened();
  groups = [group, RingGroup.parse({ ...group, ringGroupId: idOf(2), name: 'Service' })];
  goTo('To another');
  await answerLate(group);
  expect(address()).toBe(`/admin/groups/${idOf(2)}`);
});

it('a menu that is saved late moves nobody who is elsewhere', async () => {
  const element = (
    <>
      <Around />
      <MenuEditor menu={null} users={[]} groups={[]} />
    </>
  );
  render(<TestPage path="/admin/menus/:ivrMenuId?" at="/admin/menus/new" element={element} />);
  for (const [label, value] of [
    [/^Name/, 'M'],
    [/^Extension/, '1200'],
    [/What callers hear/, 'W'],
  ] as const)
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  await save();
  goTo('To the phone');
  await screen.findByText('elsewhere', {}, SLOW);
  await answerLate({
    ...{ ivrMenuId: idOf(3), name: 'M', extension: '1200', welcomeText: 'W', timeoutSeconds: 5, maxRetries: 2 },
    ...{ operatorUserId: null, entries: [] },
  });
  expect(screen.getByText('elsewhere')).toBeTruthy();
});

it('the way forward to a record that was deleted shows that it is gone', async () => {
  const Forward = () => {
    const navigate = useNavigate();
    return <button onClick={() => void navigate(1)}>Forward</button>;
  };
  render(
    <TestPage
      path="/admin/groups/:recordId?"
      at="/admin/groups"
      element={
        <>
          <Forward />
          <GroupsPage />
        </>
      }
    />,
  );
  await saveOpened();
  groups = [];
  await answerLate(group);
  await screen.findByText('No ring groups yet', {}, SLOW);
  goTo('Forward');
  expect(await screen.findByText('This ring group is not there', {}, SLOW)).toBeTruthy();
});
