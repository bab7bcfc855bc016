import type { LearntPhone, User } from '@carillon/contracts';
import { DeviceId, newId, UserId } from '@carillon/domain';
import { ModalsProvider } from '@mantine/modals';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { DeviceList } from './device-list.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const [old, other] = [newId(DeviceId), newId(DeviceId)];
const device = { disabled: false, createdAt: '2026-03-01T12:00:00.000Z' };
const user: User = {
  ...{ userId: newId(UserId), email: 'grace@b.example', displayName: 'Grace', role: 'staff', isOperator: false },
  ...{ extension: '1002', mailboxId: null, disabled: false, createdAt: '2026-03-01T12:00:00.000Z' },
  devices: [
    { ...device, deviceId: old, name: 'Hall', sipUsername: 'hall' },
    { ...device, deviceId: other, name: 'Desk', sipUsername: 'desk' },
  ],
};

it('says of which phone it was learnt that it is asked by MD5 alone, and has it forgotten', async () => {
  let learnt: LearntPhone[] = [
    {
      ...{ deviceId: old, address: '192.0.2.7', userAgent: 'Old 1.0' },
      ...{ since: '2026-03-01T12:00:00.000Z', until: '2026-03-08T12:00:00.000Z' },
    },
  ];
  const first = learnt[0];
  for (const [address, userAgent] of [
    ['192.0.2.8', null],
    ['192.0.2.9', 'Old 1.0'],
    ['192.0.2.10', 'Old 1.0'],
    ['192.0.2.11', 'Old 1.0'],
  ] as const)
    if (first !== undefined) learnt.push({ ...first, address, userAgent });
  const asked: string[] = [];
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) => {
    const { pathname } = new URL(input, 'http://x.test');
    const method = init?.method ?? 'GET';
    if (method !== 'GET') {
      asked.push(`${method} ${pathname}`);
      learnt = [];
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    return Promise.resolve(Response.json(pathname.endsWith('learnt-phones') ? learnt : []));
  });
  const element = (
    <ModalsProvider>
      <DeviceList user={user} />
    </ModalsProvider>
  );
  render(<TestPage path="/" element={element} />);
  const words = await screen.findAllByText(/Asked for its password by MD5 alone/);
  expect(words.map((one) => / [^ ]+ [^ ]+ at .*/.exec(one.textContent)?.[0])).toEqual([
    ' Old 1.0 at 192.0.2.7 gave up.',
    ' the phone at 192.0.2.8 gave up.',
    ' Old 1.0 at 192.0.2.9 gave up.',
  ]);
  expect(words[0]?.closest('li')?.textContent).toContain('Hall');
  expect(screen.getByText('So did 2 more with this password.')).toBeTruthy();
  const actor = userEvent.setup();
  await actor.click(screen.getByRole('button', { name: 'More for Desk' }));
  await screen.findByRole('menuitem', { name: 'New password' });
  expect(screen.queryByRole('menuitem', { name: 'Offer SHA-256 again' })).toBeNull();
  await actor.keyboard('{Escape}');
  await actor.click(screen.getByRole('button', { name: 'More for Hall' }));
  await actor.click(await screen.findByRole('menuitem', { name: 'Offer SHA-256 again' }));
  await actor.click(await screen.findByRole('button', { name: 'Offer SHA-256' }));
  await waitFor(() => expect(screen.queryByText(/Asked for its password by MD5 alone/)).toBeNull());
  expect(asked).toEqual([`DELETE /api/admin/devices/${old}/learnt`]);
});
