import { describe, expect, it, vi } from 'vitest';
import { ApiClient } from './api-client.js';

const answering = (status: number, body?: unknown, headers: Record<string, string> = {}) =>
  vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers })),
  );

describe('ApiClient', () => {
  it('fills in path and query, and leaves out what is empty', async () => {
    const fetcher = answering(200, { calls: [], nextCursor: null });
    await new ApiClient(fetcher).call('myCalls', { query: { search: '', limit: 30 } });
    expect(fetcher.mock.calls[0]?.[0]).toBe('/api/calls?limit=30');
  });

  it('sends the CSRF token with changes only', async () => {
    const fetcher = answering(204);
    const client = new ApiClient(fetcher);
    client.csrfToken = 'secret';
    await client.call('logout');
    const headers = new Headers(fetcher.mock.calls[0]?.[1]?.headers);
    expect(headers.get('x-carillon-csrf')).toBe('secret');

    const reader = answering(200, []);
    client.csrfToken = 'secret';
    const other = new ApiClient(reader);
    other.csrfToken = 'secret';
    await other.call('contacts');
    expect(new Headers(reader.mock.calls[0]?.[1]?.headers).has('x-carillon-csrf')).toBe(false);
  });

  it('says that nobody is there with what it only fetches', async () => {
    const fetcher = answering(200, []);
    const client = new ApiClient(fetcher);
    await client.call('contacts');
    client.idle = true;
    await client.call('contacts');
    const sent = fetcher.mock.calls.map(([, init]) => new Headers(init?.headers).has('x-carillon-idle'));
    expect(sent).toEqual([false, true]);
  });

  it('tells code, fields and the seconds to wait', async () => {
    const client = new ApiClient(
      answering(429, { code: 'IDENTITY.SLOWED', message: 'Slower', fields: { email: 'no' } }, { 'retry-after': '17' }),
    );
    await expect(client.call('login', { body: { email: 'a@b.c', password: 'x' } })).rejects.toMatchObject({
      code: 'IDENTITY.SLOWED',
      details: { status: 429, retryAfterSeconds: 17, fields: { email: 'no' } },
    });
  });

  it('reports a lost session once anything but a login is refused', async () => {
    const client = new ApiClient(answering(401, { code: 'IDENTITY.NO_SESSION', message: 'Log in' }));
    client.onSessionLost = vi.fn<() => void>();
    await expect(client.call('login', { body: { email: 'a@b.c', password: 'x' } })).rejects.toThrow('Log in');
    expect(client.onSessionLost).not.toHaveBeenCalled();
    await expect(client.call('contacts')).rejects.toThrow('Log in');
    expect(client.onSessionLost).toHaveBeenCalledOnce();
  });

  it('refuses an answer that does not fit its schema, and one that is no JSON', async () => {
    await expect(new ApiClient(answering(200, { nonsense: true })).call('contacts')).rejects.toMatchObject({
      code: 'CLIENT.UNEXPECTED_ANSWER',
    });
    const html = vi.fn<typeof fetch>(() => Promise.resolve(new Response('<html>', { status: 502 })));
    await expect(new ApiClient(html).call('contacts')).rejects.toMatchObject({ code: 'CLIENT.REFUSED' });
  });

  it('says so where the server cannot be reached', async () => {
    const client = new ApiClient(vi.fn<typeof fetch>(() => Promise.reject(new TypeError('fetch failed'))));
    await expect(client.call('contacts')).rejects.toMatchObject({ code: 'CLIENT.OFFLINE' });
  });
});
