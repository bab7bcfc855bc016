import { Parameters } from '../values/parameters.js';
import type { Route } from '../values/route.js';
import type { HeaderIndex } from './header-index.js';
import { isAt } from './known-methods.js';
import { endOfSipUri, readSipUri } from './read-sip-uri.js';

const COMMA = 44;
const LESS_THAN = 60;
const GREATER_THAN = 62;
/** How most end: that settles it. */
const LOOSE = Uint8Array.from(Buffer.from(';lr'));

/** The first value of a Route line of the usual form, `<sip:…;lr>`. @returns undefined for any other form */
export function readRoute(index: HeaderIndex, line: number): Route | undefined {
  const { bytes } = index;
  const end = index.end(line);
  const start = index.offset(line) + 1;
  if (bytes[start - 1] !== LESS_THAN) return undefined;
  const last = endOfSipUri(bytes, start);
  if (last >= end || bytes[last] !== GREATER_THAN) return undefined;
  if (last + 1 < end && bytes[last + 1] !== COMMA) return undefined;
  const uri = index.text(start, last);
  const sip = readSipUri(bytes, start, uri);
  if (sip === undefined) return undefined;
  const loose = isAt(bytes, last - LOOSE.length, LOOSE) || sip.parameters.has('lr');
  return { displayName: undefined, uri, parameters: Parameters.none, sip, loose };
}
