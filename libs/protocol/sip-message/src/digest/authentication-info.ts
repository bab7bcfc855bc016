import { quote } from '../values/quoted-string.js';
import type { DigestQop } from './digest-challenge.js';
import { parseAuthenticationParameters } from './parse-challenge.js';

/** Authentication-Info and Proxy-Authentication-Info: how the server answers credentials (RFC 7616 §3.5). */
export interface AuthenticationInfo {
  /** The nonce to use next time. */
  readonly nextnonce?: string | undefined;
  readonly qop?: DigestQop | undefined;
  /** {@link digestRspauth}, lower case. */
  readonly rspauth?: string | undefined;
  readonly cnonce?: string | undefined;
  /** Eight hexadecimal digits. */
  readonly nc?: string | undefined;
}

/** @returns undefined when malformed, or when rspauth comes without what it was made of */
export function parseAuthenticationInfo(text: string): AuthenticationInfo | undefined {
  const parameters = parseAuthenticationParameters(text);
  if (parameters === undefined) return undefined;
  const qop = parameters.get('qop')?.toLowerCase();
  const nc = parameters.get('nc')?.toLowerCase();
  const cnonce = parameters.get('cnonce');
  const rspauth = parameters.get('rspauth')?.toLowerCase();
  if (qop !== undefined && qop !== 'auth' && qop !== 'auth-int') return undefined;
  if (nc !== undefined && !/^[0-9a-f]{8}$/.test(nc)) return undefined;
  if (qop !== undefined && (rspauth === undefined || cnonce === undefined || nc === undefined)) return undefined;
  return { nextnonce: parameters.get('nextnonce'), qop, rspauth, cnonce, nc };
}

export function buildAuthenticationInfo(info: AuthenticationInfo): string {
  return [
    ...(info.nextnonce === undefined ? [] : [`nextnonce=${quote(info.nextnonce)}`]),
    ...(info.qop === undefined ? [] : [`qop=${info.qop}`]),
    ...(info.rspauth === undefined ? [] : [`rspauth="${info.rspauth}"`]),
    ...(info.cnonce === undefined ? [] : [`cnonce=${quote(info.cnonce)}`]),
    ...(info.nc === undefined ? [] : [`nc=${info.nc}`]),
  ].join(', ');
}
