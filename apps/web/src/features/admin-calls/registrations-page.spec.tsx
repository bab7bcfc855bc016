import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import type { LearntPhone, Registration } from '@carillon/contracts';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { RegistrationsPage } from './registrations-page.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const userId = newId(UserId);
const phone = (name: string, address: string, userAgent: string | null): Registration => ({
  ...{ organisationId: newId(OrganisationId), userId, deviceId: newId(DeviceId), deviceName: name },
  ...{ sipUsername: name.toLowerCase(), contact: `sip:x@${address}`, source: address, protocol: 'udp', userAgent },
  ...{ registeredAt: '2026-01-01T08:00:00.000Z', expiresAt: '2026-01-01T09:00:00.000Z' },
});

it('finds a phone among many by its name, its person, its address or its software', async () => {
  const phones = [phone('Hall', '192.0.2.7:5060', 'snomD785'), phone('Desk', '192.0.2.8:5060', null)];
  const contact = { userId, displayName: 'Ada Lovelace', email: 'ada@a.example', extension: '1001', disabled: false };
  vi.stubGlobal(
    'fetch',
    vi.fn((url: string) => Promise.resolve(Response.json(url.includes('registrations') ? phones : [contact]))),
  );
  render(<TestPage path="/" element={<RegistrationsPage />} />);
  const user = userEvent.setup();
  const search = await screen.findByRole('searchbox', { name: 'Search registrations' });
  const found = () => screen.queryAllByRole('row').slice(1).length;
  expect(found()).toBe(2);
  for (const [text, count] of [
    ['SNOM', 1],
    ['0.2.8', 1],
    ['hall', 1],
    ['lovelace', 2],
    ['nobody', 0],
  ] as const) {
    await user.clear(search);
    await user.type(search, text);
    expect([text, found()]).toEqual([text, count]);
  }
  expect(screen.getByRole('status').textContent).toBe('No registered phone matches “nobody”.');
  await user.click(screen.getByRole('button', { name: 'Show all' }));
  expect(document.activeElement).toBe(search);
});

it('says that a phone is asked by MD5 alone of that one alone, where several have the password of one device', async () => {
  const old = phone('Old', '[2001:db8::7]:5060', `Old 1.0 ${'x'.repeat(150)}`);
  const others = [
    { ...old, contact: 'sip:y@there', source: '192.0.2.8:5060' },
    { ...old, contact: 'sip:z@there', userAgent: 'New 2.0' },
  ];
  const learnt: LearntPhone = {
    ...{ deviceId: old.deviceId, address: '2001:db8::7', userAgent: old.userAgent?.slice(0, 120) ?? null },
    ...{ since: '2026-01-01T00:00:00.000Z', until: '2026-01-08T00:00:00.000Z' },
  };
  const answers = { registrations: [...others, old], 'learnt-phones': [learnt] };
  vi.stubGlobal('fetch', (url: string) =>
    Promise.resolve(Response.json(Object.entries(answers).find(([part]) => url.includes(part))?.[1] ?? [])),
  );
  render(<TestPage path="/" element={<RegistrationsPage />} />);
  const words = await screen.findAllByText('Asked by MD5 alone');
  const rows = words.map((one) => one.closest('tr'));
  expect(rows).toHaveLength(1);
  expect(within(rows[0] ?? document.body).getByText('[2001:db8::7]:5060')).toBeTruthy();
});
