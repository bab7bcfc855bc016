import { Parameters } from '../values/parameters.js';
import type { SipUri } from '../values/uri.js';
import { COPIED_OCTETS } from './head-copy.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const COLON = 58;
const SEMICOLON = 59;
const AT = 64;
const HYPHEN = 45;
const POINT = 46;

const USER = 1;
const HOST = 2;
const PARAMETER = 4;
const SEPARATOR = 8;
/** Where an octet may stand in a URI of the usual form; one that needs more care than that stands nowhere. */
const CLASSES = new Uint8Array(256);
const allow = (kind: number, octets: string): void => {
  for (const octet of Buffer.from(octets)) CLASSES[octet] = (CLASSES[octet] ?? 0) | kind;
};
allow(USER | HOST | PARAMETER, 'abcdefghijklmnopqrstuvwxyz0123456789-._');
allow(USER | PARAMETER, "ABCDEFGHIJKLMNOPQRSTUVWXYZ~!*'()+$,&=/");
allow(PARAMETER, ':;[]%');
allow(SEPARATOR, '@');

/**
 * A SIP URI of the usual form, from its octets in the copied head: no password, no headers, nothing escaped in the user, a host in lower
 * case that is no IPv6 address.
 * @param text the same octets as text, of which the parts are cut; an octet that stands in no URI is behind them
 * @returns undefined for any other form, which may be well-formed all the same
 */
export function readSipUri(from: number, text: string): SipUri | undefined {
  if (OCTETS[from] !== 115 || OCTETS[from + 1] !== 105 || OCTETS[from + 2] !== 112) return undefined;
  const secure = OCTETS[from + 3] === 115;
  const start = from + (secure ? 5 : 4);
  if (OCTETS[start - 1] !== COLON) return undefined;
  const end = from + text.length;
  let at = start;
  while (((CLASSES[OCTETS[at] ?? 0] ?? 0) & USER) !== 0) at++;
  const userEnd = at > start && OCTETS[at] === AT ? at : start;
  const hostStart = userEnd > start ? userEnd + 1 : start;
  at = hostStart;
  while (((CLASSES[OCTETS[at] ?? 0] ?? 0) & HOST) !== 0) at++;
  const hostEnd = at;
  if (hostEnd === hostStart || OCTETS[hostStart] === POINT) return undefined;
  if (OCTETS[hostStart] === HYPHEN || OCTETS[hostEnd - 1] === HYPHEN) return undefined;
  let port: number | undefined;
  if (at < end && OCTETS[at] === COLON) {
    port = 0;
    for (at++; at < end && OCTETS[at] !== SEMICOLON; at++) {
      const digit = (OCTETS[at] ?? 0) - 48;
      if (digit < 0 || digit > 9) return undefined;
      port = port * 10 + digit;
    }
    if (at === hostEnd + 1 || port > 65_535) return undefined;
  }
  const parametersStart = at;
  if (at < end && OCTETS[at] !== SEMICOLON) return undefined;
  while (at < end && ((CLASSES[OCTETS[at] ?? 0] ?? 0) & PARAMETER) !== 0) at++;
  if (at < end) return undefined;
  return {
    scheme: secure ? 'sips' : 'sip',
    user: userEnd > start ? text.slice(start - from, userEnd - from) : undefined,
    password: undefined,
    host: text.slice(hostStart - from, hostEnd - from),
    port,
    parameters: parametersStart === end ? Parameters.none : new Parameters(text.slice(parametersStart - from)),
    headers: undefined,
  };
}

/** Behind the octets from `from` that a URI of the usual form may hold. */
export function endOfSipUri(from: number): number {
  let at = from;
  while ((CLASSES[OCTETS[at] ?? 0] ?? 0) !== 0) at++;
  return at;
}
