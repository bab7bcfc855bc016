import './buffer-slices.js';
import { Parameters } from '../values/parameters.js';
import type { Route } from '../values/route.js';
import type { HeaderIndex } from './header-index.js';
import { readSipUri } from './read-sip-uri.js';

const SPACE = 32;
const COMMA = 44;
const LESS_THAN = 60;
const GREATER_THAN = 62;
const DELETE = 127;

/** The first value of a Route line of the usual form, `<sip:…;lr>`. @returns undefined for any other form */
export function readRoute(index: HeaderIndex, line: number): Route | undefined {
  const { bytes } = index;
  const end = index.end(line);
  const start = index.offset(line) + 1;
  if (bytes[start - 1] !== LESS_THAN) return undefined;
  let at = start;
  while (at < end && bytes[at] !== GREATER_THAN) {
    const octet = bytes[at] ?? 0;
    if (octet <= SPACE || octet >= DELETE) return undefined;
    at++;
  }
  if (at === start || at >= end || (at + 1 < end && bytes[at + 1] !== COMMA)) return undefined;
  const uri = bytes.latin1Slice(start, at);
  const sip = readSipUri(bytes, start, uri);
  if (sip === undefined) return undefined;
  return { displayName: undefined, uri, parameters: Parameters.none, sip, loose: sip.parameters.has('lr') };
}
