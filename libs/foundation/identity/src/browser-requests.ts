import { equalSecrets } from './tokens.js';

/** HttpOnly, SameSite=Lax, path /. Holds the session's token. */
export const SESSION_COOKIE = 'carillon_session';
/** Proves that the request was made by our own page: only it can read the session's `csrf`. */
export const CSRF_HEADER = 'x-carillon-csrf';

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The session's token out of a `Cookie` header. */
export function readSessionToken(headers: RequestHeaders): string | undefined {
  for (const part of (single(headers['cookie']) ?? '').split(';')) {
    const [name, ...value] = part.trim().split('=');
    if (name === SESSION_COOKIE) return value.join('=');
  }
  return undefined;
}

/** Is this the origin of a page at that host? The port that goes without saying may be left out of either. */
export function isOriginOfHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const asked = `${page.protocol}//${host}`;
  return page.host !== '' && URL.canParse(asked) && new URL(asked).host === page.host;
}

/**
 * Does the request come from a page of ours, or from no browser page at all? A browser names the page's origin in every
 * request that changes something and in every WebSocket handshake.
 * @param host that the browser asked for; behind a proxy it may be another than the `Host` header's
 */
export function isSameOrigin(headers: RequestHeaders, host = single(headers['host']) ?? ''): boolean {
  const site = single(headers['sec-fetch-site']);
  if (site === 'cross-site' || site === 'same-site') return false;
  const origin = single(headers['origin']);
  return origin === undefined || isOriginOfHost(origin, host);
}

/** @param csrf of the session */
export function hasCsrfToken(headers: RequestHeaders, csrf: string): boolean {
  const sent = single(headers[CSRF_HEADER]);
  return sent !== undefined && equalSecrets(sent, csrf);
}
