import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { LoginPage } from './login-page.js';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const fetcher = vi.fn<typeof fetch>(() => Promise.resolve(new Response(JSON.stringify(body), { status, headers })));
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
};

async function logIn() {
  render(<TestPage path="/login" element={<LoginPage />} />);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText(/e-mail/i), 'ada@demo.test');
  await user.type(screen.getByLabelText('Password'), 'not it');
  await user.click(screen.getByRole('button', { name: 'Log in' }));
  return user;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('LoginPage', () => {
  it('asks for both fields before it asks the server', async () => {
    const fetcher = answer(200, {});
    render(<TestPage path="/login" element={<LoginPage />} />);
    await userEvent.click(screen.getByRole('button', { name: 'Log in' }));
    expect(await screen.findByText('Enter your e-mail address')).toBeTruthy();
    expect(screen.getByText('Enter your password')).toBeTruthy();
    expect(fetcher).not.toHaveBeenCalled();
  });

  it('says the same whatever was wrong', async () => {
    answer(401, { code: 'IDENTITY.WRONG_CREDENTIALS', message: 'no' });
    await logIn();
    expect((await screen.findByRole('alert')).textContent).toContain('e-mail address or the password is wrong');
  });

  it('holds the button while slowed, and says for how long', async () => {
    answer(429, { code: 'IDENTITY.SLOWED', message: 'slow' }, { 'retry-after': '9' });
    await logIn();
    expect((await screen.findByRole('alert')).textContent).toContain('Try again in 9 seconds');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Log in' }).disabled).toBe(true);
  });
});
