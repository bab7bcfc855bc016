import { parseVia } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { OwnAddresses } from './own-addresses.js';

/** Stands between the unique part of a branch and the part that loops are known by. */
const SEPARATOR = '.';

/**
 * Second part of our branch (RFC 5393 §4.2.1): of everything that decides where a request goes, and of Call-ID and
 * CSeq number. Not of the method, the To tag and credentials: CANCEL and ACK have the branch of their INVITE.
 */
export function loopHash(request: SipRequest): string {
  let hash = 2_166_136_261;
  hash = mix(hash, request.uriText);
  hash = mix(hash, request.callId ?? '');
  hash = mix(hash, request.fromTag ?? '');
  hash = Math.imul(hash ^ (request.cseq?.sequence ?? 0), 16_777_619);
  if (request.findLine('Route') >= 0) for (const route of request.headers('Route')) hash = mix(hash, route);
  return SEPARATOR + (hash >>> 0).toString(36);
}

/** True when this very request has passed here before: the same decision would be made again and again (§4.2.2). */
export function hasLooped(request: SipRequest, own: OwnAddresses): boolean {
  const top = request.topVia;
  // Mostly the only Via is the caller's.
  if (request.count('Via') === 1 && (top === undefined || !own.has(top.host, top.port, isSecure(top.transport)))) {
    if (!(request.header('Via') ?? '').includes(',')) return false;
  }
  let hash: string | undefined;
  for (const value of request.values('Via')) {
    const via = parseVia(value);
    if (via === undefined || !own.has(via.host, via.port, isSecure(via.transport))) continue;
    hash ??= loopHash(request);
    if (via.parameters.get('branch')?.endsWith(hash) === true) return true;
  }
  return false;
}

function isSecure(transport: string): boolean {
  return transport === 'TLS' || transport === 'WSS';
}

/** FNV-1a over UTF-16 codes. */
function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 16_777_619);
  // A separator: "ab" + "c" is not "a" + "bc".
  return Math.imul(mixed ^ 0x100, 16_777_619);
}
