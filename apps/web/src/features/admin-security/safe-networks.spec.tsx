import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { SafeNetworks } from './safe-networks.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const monitoring = {
  ...{ safeNetworkId: '0198a000-0000-7000-8000-000000000001', network: '192.0.2.0/24', note: 'Monitoring' },
  ...{ addedAt: '2026-03-01T12:00:00.000Z', addedBy: 'Ada' },
};

it('says what an empty list means', async () => {
  serve({ GET: [200, []] });
  render(<TestPage path="/" element={<SafeNetworks />} />);
  expect(await screen.findByText(/The list is empty/)).toBeTruthy();
});

it('shows who is there, who added it, and how to remove it', async () => {
  serve({ GET: [200, [monitoring]] });
  render(<TestPage path="/" element={<SafeNetworks />} />);
  expect(await screen.findByText('192.0.2.0/24')).toBeTruthy();
  expect(screen.getByText('Monitoring')).toBeTruthy();
  expect(screen.getByText('by Ada')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Remove 192.0.2.0/24' })).toBeTruthy();
});

it(
  'refuses everybody before it asks, and says beside the field what the server refuses',
  { timeout: 20_000 },
  async () => {
    const known = { code: 'BORDER.NETWORK_KNOWN', message: '192.0.2.7 is in the list already' };
    const fetcher = serve({ GET: [200, []], POST: [409, known] });
    render(<TestPage path="/" element={<SafeNetworks />} />);
    fireEvent.click(await screen.findByRole('button', { name: 'Add network' }));
    const network = await screen.findByRole('textbox', { name: 'Address or network' }, { timeout: 10_000 });
    fireEvent.change(network, { target: { value: '0.0.0.0/0' } });
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText(/This is everybody/)).toBeTruthy();
    expect(screen.getByText(/Say who or what is there/)).toBeTruthy();
    expect(fetcher.mock.calls.some(([, init]) => init?.method === 'POST')).toBe(false);
    fireEvent.change(network, { target: { value: '192.0.2.7' } });
    fireEvent.change(screen.getByRole('textbox', { name: 'Who is there' }), { target: { value: 'SBC' } });
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText(known.message)).toBeTruthy();
    await waitFor(() => expect(fetcher.mock.calls.some(([, init]) => init?.method === 'POST')).toBe(true));
  },
);
