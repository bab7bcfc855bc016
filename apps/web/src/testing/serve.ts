import { vi } from 'vitest';

/** The server, by method: what is not named is not found. @returns what it was asked */
export function serve(answers: Record<string, [status: number, body: unknown]>) {
  const fetcher = vi.fn<typeof fetch>((_input, init) => {
    const [status, body] = answers[init?.method ?? 'GET'] ?? [404, { code: 'REQUEST.NOT_FOUND', message: 'No' }];
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  });
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
}
