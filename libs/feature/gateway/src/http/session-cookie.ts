import { SESSION_COOKIE, SESSION_LIFE_MS } from '@carillon/identity';

/**
 * The `Set-Cookie` line that keeps or (undefined) clears a session.
 * @param secure the browser reached us by https (directly or through a proxy): then it may never send it in the clear
 */
export function sessionCookie(token: string | undefined, secure: boolean): string {
  const life = token === undefined ? 0 : Math.floor(SESSION_LIFE_MS / 1000);
  return [
    `${SESSION_COOKIE}=${token ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${life}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ');
}
