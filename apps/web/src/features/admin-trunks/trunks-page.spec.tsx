import { DEFAULT_NEXT_TRUNK_STATUSES, Trunk } from '@carillon/contracts';
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
  ...{ callerIdentity: 'main', priority: 10, mediaEncryption: 'none', keysInClear: false },
  ...{ clearFallback: false, nextTrunkStatuses: ['503'] },
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

describe('the encryption of a trunk', () => {
  const edited = (fields: Partial<Trunk>) => Trunk.parse({ ...trunk, mediaEncryption: 'srtp', ...fields });
  const open = async (subject: Trunk) => {
    const saved = { ...trunk, state: null };
    const fetcher = serve({ [`PUT /api/admin/trunks/${TRUNK_ID}`]: [200, saved] });
    render(<TestPage path="/" element={<TrunkDrawer trunk={subject} opened onClose={() => undefined} />} />);
    const save = (await screen.findByText('Save', {}, SLOW)).closest('button') as HTMLElement;
    return { fetcher, save: () => fireEvent.click(save) };
  };

  it('over UDP is warned of, and saved only where keys may be read', async () => {
    const { fetcher, save } = await open(edited({ transport: 'udp' }));
    expect(screen.getByText('Keys can be read on the way')).toBeTruthy();
    save();
    expect(await screen.findByText(/Its keys need TLS/, {}, SLOW)).toBeTruthy();
    fireEvent.click(screen.getByLabelText(/Send keys all the same/));
    save();
    const saved = await waitFor(() => {
      const found = fetcher.mock.calls.find(([, init]) => init?.method === 'PUT');
      if (found === undefined) throw new Error('Not saved yet');
      return found;
    }, SLOW);
    expect(JSON.parse(textOf(saved[1]))).toMatchObject({ mediaEncryption: 'srtp', keysInClear: true });
  });

  it('over TLS needs no warning', async () => {
    await open(edited({ transport: 'tls' }));
    expect(screen.queryByText('Keys can be read on the way')).toBeNull();
    expect(screen.getByText(/No call without SRTP/)).toBeTruthy();
  });
});

describe('the answers that lead to the next trunk', () => {
  const open = async () => {
    const fetcher = serve({ [`PUT /api/admin/trunks/${TRUNK_ID}`]: [200, { ...trunk, state: null }] });
    render(<TestPage path="/" element={<TrunkDrawer trunk={Trunk.parse(trunk)} opened onClose={() => undefined} />} />);
    const save = (await screen.findByText('Save', {}, SLOW)).closest('button') as HTMLElement;
    const field = screen.getByRole('combobox', { name: /Answers that lead to the next trunk/ });
    const add = (text: string): void => {
      field.focus();
      fireEvent.change(field, { target: { value: text } });
      fireEvent.keyDown(field, { key: 'Enter' });
    };
    return { fetcher, add, save: () => fireEvent.click(save) };
  };

  it('are shown, added and checked', async () => {
    const { fetcher, add, save } = await open();
    expect(screen.getByText('503')).toBeTruthy();
    add('302');
    expect(screen.getByText('302')).toBeTruthy();
    save();
    expect(await screen.findByText(/A status from 400 to 699/, {}, SLOW)).toBeTruthy();
    expect(fetcher.mock.calls.some(([, init]) => init?.method === 'PUT')).toBe(false);
  });

  it('can be put back to the usual ones', async () => {
    const { fetcher, add, save } = await open();
    add('404');
    fireEvent.click(screen.getByText('Back to the usual ones'));
    save();
    const saved = await waitFor(() => {
      const found = fetcher.mock.calls.find(([, init]) => init?.method === 'PUT');
      if (found === undefined) throw new Error('Not saved yet');
      return found;
    }, SLOW);
    expect(JSON.parse(textOf(saved[1]))).toMatchObject({ nextTrunkStatuses: [...DEFAULT_NEXT_TRUNK_STATUSES] });
  });
});

function textOf(init: RequestInit | undefined): string {
  return typeof init?.body === 'string' ? init.body : '';
}
