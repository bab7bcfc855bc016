import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import type { Registration } from '@carillon/contracts';
import { cleanup, render, screen } from '@testing-library/react';
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
  expect(screen.getByText('No registered phone matches “nobody”.')).toBeTruthy();
});
