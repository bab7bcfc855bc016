import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { SipForm } from './sip-form.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('says what a role gives up, and saves another one', async () => {
  const headers = { 'content-type': 'application/json' };
  const fetcher = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(JSON.stringify({ sipRole: 'proxy' }), { status: 200, headers })),
  );
  vi.stubGlobal('fetch', fetcher);
  render(<TestPage path="/" element={<SipForm choices={{ sipRole: 'b2bua' }} />} />);
  const user = userEvent.setup();
  expect(screen.getByText(/No recording, no relay of the sound/)).toBeTruthy();
  const save = screen.getByRole('button', { name: 'Save' });
  expect(save).toHaveProperty('disabled', true);
  await user.click(screen.getByRole('radio', { name: 'Proxy' }));
  await user.click(save);
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  const [url, request] = fetcher.mock.calls[0] ?? [];
  expect(url).toContain('/api/admin/sip');
  expect(request?.body).toBe(JSON.stringify({ sipRole: 'proxy' }));
});
