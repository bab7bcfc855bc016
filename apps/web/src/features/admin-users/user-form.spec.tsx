import type { User } from '@carillon/contracts';
import { newId, UserId } from '@carillon/domain';
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { DEMO_ADMIN } from '../../testing/demo-admin.js';
import { renderStored } from '../../testing/render-stored.js';
import { serve } from '../../testing/serve.js';
import { UserForm } from './user-form.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const grace: User = {
  ...{ userId: newId(UserId), email: 'grace@b.example', displayName: 'Grace', role: 'staff', isOperator: false },
  ...{ extension: '1002', mailboxId: null, disabled: false, createdAt: '2026-03-01T12:00:00.000Z', devices: [] },
};

it('has nothing left to save once the server has written it in its own way', async () => {
  const saved: User = { ...grace, email: 'hopper@b.example', displayName: 'Grace Hopper' };
  serve({ GET: [200, DEMO_ADMIN], PATCH: [200, saved] });
  const store = renderStored(grace, (stored) => <UserForm user={stored} />);
  const user = userEvent.setup();
  const name = await screen.findByRole('textbox', { name: 'Name' });
  const email = screen.getByRole('textbox', { name: 'E-mail address' });
  const save = screen.getByRole('button', { name: 'Save' });
  await user.clear(name);
  await user.type(name, 'Grace Hopper ');
  await user.clear(email);
  await user.type(email, 'Hopper@B.example');
  expect(save).toHaveProperty('disabled', false);
  await user.click(save);
  await waitFor(() => expect(email).toHaveProperty('value', 'hopper@b.example'));
  expect(name).toHaveProperty('value', 'Grace Hopper');
  expect(save).toHaveProperty('disabled', true);
  store(saved);
  expect(save).toHaveProperty('disabled', true);
  await user.type(name, '!');
  expect(save).toHaveProperty('disabled', false);
});
