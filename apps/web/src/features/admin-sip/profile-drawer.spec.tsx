import { BUILT_IN_PROFILES, type DeviceProfile } from '@carillon/domain';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { ProfileDrawer } from './profile-drawer.js';

afterEach(cleanup);

it('shows what a phone means by sips:, and saves what it shall mean', async () => {
  const profile = BUILT_IN_PROFILES.find(({ name }) => name === 'Grandstream');
  if (profile === undefined) throw new Error('There is no profile for Grandstream');
  const onSave = vi.fn<(saved: DeviceProfile) => void>();
  const drawer = { title: 'Edit Grandstream', opened: true, saving: false, onClose: () => undefined };
  render(<TestPage path="/" element={<ProfileDrawer {...drawer} initial={profile} onSave={onSave} />} />);
  const user = userEvent.setup();
  const choice = await screen.findByRole('combobox', { name: 'When it calls a sips: address' });
  expect(choice).toHaveProperty('value', 'TLS to Carillon alone');
  await user.click(choice);
  await user.click(await screen.findByRole('option', { name: 'TLS on every hop, or no call' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onSave).toHaveBeenCalled());
  expect(onSave.mock.calls[0]?.[0]).toEqual({ ...profile, quirks: { ...profile.quirks, sips: 'every-hop' } });
});
