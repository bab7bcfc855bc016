import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { CertificatesCard } from './certificates-card.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const certificate = {
  ...{ certificateId: '0198a000-0000-7000-8000-000000000001', names: ['pbx.example'], issuer: 'Some CA', pem: '' },
  ...{ validFrom: '2020-01-01T00:00:00Z', validTo: '2020-02-01T00:00:00Z', fingerprint: 'AA', isDefault: true },
  ...{ isComplete: false, uploadedAt: '2020-01-01T00:00:00Z', uploadedBy: 'Ada' },
};

it('says what is shown while nothing is uploaded, and that files come first where they do', async () => {
  serve({ GET: [200, { uploaded: [], filesFirst: true }] });
  render(<TestPage path="/" element={<CertificatesCard />} />);
  expect(await screen.findByText(/Nothing is uploaded: the certificates in files/)).toBeTruthy();
  expect(screen.getByText('Files come first')).toBeTruthy();
});

it('shows what has ended, and what lacks its chain', async () => {
  serve({ GET: [200, { uploaded: [certificate], filesFirst: false }] });
  render(<TestPage path="/" element={<CertificatesCard />} />);
  expect(await screen.findByText('Expired')).toBeTruthy();
  expect(screen.getByText(/does not lead to an authority that phones know/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Replace the certificate for pbx.example' })).toBeTruthy();
});

it('asks for both texts, and says beside the field what the server refuses', { timeout: 20_000 }, async () => {
  const fields = { key: 'This key does not belong to the certificate for a.example.' };
  const fetcher = serve({
    GET: [200, { uploaded: [], filesFirst: false }],
    POST: [400, { code: 'REQUEST.INVALID', message: 'Some fields are wrong', fields }],
  });
  render(<TestPage path="/" element={<CertificatesCard />} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Upload certificate' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Upload' }, { timeout: 10_000 }));
  expect(await screen.findByText('Paste the certificate')).toBeTruthy();
  fireEvent.change(screen.getByRole('textbox', { name: /Certificate and chain/ }), { target: { value: 'one' } });
  fireEvent.change(screen.getByRole('textbox', { name: /Private key/ }), { target: { value: 'two' } });
  fireEvent.click(screen.getByRole('button', { name: 'Upload' }));
  expect(await screen.findByText(fields.key)).toBeTruthy();
  await waitFor(() => expect(fetcher.mock.calls.some(([, init]) => init?.method === 'POST')).toBe(true));
  const sent = fetcher.mock.calls.find(([, init]) => init?.method === 'POST')?.[1]?.body;
  expect(sent).toBe(JSON.stringify({ chain: 'one', key: 'two', replaces: null }));
});
