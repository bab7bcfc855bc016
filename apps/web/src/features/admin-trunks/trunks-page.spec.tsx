import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { TrunkDrawer } from './trunk-drawer.js';
import { TrunksPage } from './trunks-page.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const TRUNK_ID = '0198a000-0000-7000-8000-000000000001';
const trunk = {
  ...{ trunkId: TRUNK_ID, name: 'Provider', enabled: true, host: 'sip.provider.test', port: null, transport: 'udp' },
  ...{ username: 'acme', hasPassword: true, registers: true, sourceAddresses: [], challenges: false, trusted: false },
  ...{ maxCalls: 20, maxCallsPerSecond: 5, outbound: [], inbound: [], defaultExtension: null, callerNumber: '' },
  ...{ callerIdentity: 'main', priority: 10 },
  state: {
    ...{ trunkId: TRUNK_ID, reachable: 'yes', registration: 'failed', problem: '403 Forbidden', calls: 3 },
    checkedAt: null,
  },
};

/** A whole form takes its time to draw. */
const SLOW = { timeout: 10_000 };

/** The server, by method and path. */
function serve(answers: Record<string, [status: number, body: unknown]>) {
  const fetcher = vi.fn<typeof fetch>((input, init) => {
    const key = `${init?.method ?? 'GET'} ${new URL(input instanceof Request ? input.url : input, 'http://x.test').pathname}`;
    const [status, body] = answers[key] ?? [404, { code: 'REQUEST.NOT_FOUND', message: 'No' }];
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  });
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
}

describe('TrunksPage', () => {
  it('shows how each trunk is doing, and what is wrong', async () => {
    serve({ 'GET /api/admin/trunks': [200, [trunk]] });
    render(<TestPage path="/" element={<TrunksPage />} />);
    expect(await screen.findByText('Not registered')).toBeTruthy();
    expect(screen.getByText('403 Forbidden')).toBeTruthy();
    expect(screen.getByText('3 of 20')).toBeTruthy();
  });

  it('says what to do where there is none, and where the list cannot be had', async () => {
    serve({ 'GET /api/admin/trunks': [200, []] });
    render(<TestPage path="/" element={<TrunksPage />} />);
    expect(await screen.findByText('No trunks yet')).toBeTruthy();
    cleanup();
    serve({ 'GET /api/admin/trunks': [400, { code: 'REQUEST.INVALID', message: 'Broken' }] });
    render(<TestPage path="/" element={<TrunksPage />} />);
    expect(await screen.findByRole('alert')).toBeTruthy();
  });

  it('refuses a form that is not filled in, and saves one that is', async () => {
    const fetcher = serve({
      'POST /api/admin/trunks': [200, { ...trunk, state: null }],
    });
    render(<TestPage path="/" element={<TrunkDrawer trunk={null} opened onClose={() => undefined} />} />);
    const save = (await screen.findByText('Save', {}, SLOW)).closest('button') as HTMLElement;
    fireEvent.click(save);
    expect(await screen.findByText('Give it a name', {}, SLOW)).toBeTruthy();
    fireEvent.change(screen.getByLabelText(/^Name/), { target: { value: 'Provider' } });
    fireEvent.change(screen.getByLabelText(/Domain or address/), { target: { value: 'sip.provider.test' } });
    fireEvent.click(save);
    const saved = await waitFor(() => {
      const found = fetcher.mock.calls.find(([, init]) => init?.method === 'POST');
      if (found === undefined) throw new Error('Not saved yet');
      return found;
    }, SLOW);
    const body = textOf(saved[1]);
    expect(JSON.parse(body)).toMatchObject({
      name: 'Provider',
      host: 'sip.provider.test',
      port: null,
      username: null,
      outbound: [{ pattern: '0.', strip: 1, prepend: '' }],
    });
    expect(body).not.toContain('password');
  });
});

function textOf(init: RequestInit | undefined): string {
  return typeof init?.body === 'string' ? init.body : '';
}
