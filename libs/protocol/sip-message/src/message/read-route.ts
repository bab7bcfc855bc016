import { Parameters } from '../values/parameters.js';
import type { Route } from '../values/route.js';
import { COPIED_OCTETS } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';
import { isAt } from './known-methods.js';
import { endOfSipUri, readSipUri } from './read-sip-uri.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const COMMA = 44;
const LESS_THAN = 60;
const GREATER_THAN = 62;
/** How most end: that settles it. */
const LOOSE = Uint8Array.from(Buffer.from(';lr'));

/** The first value of a Route line of the usual form, `<sip:…;lr>`. @returns undefined for any other form */
export function readRoute(index: HeaderIndex, line: number): Route | undefined {
  index.hold();
  const end = index.placeBehind(line);
  const start = index.place(line) + 1;
  if (OCTETS[start - 1] !== LESS_THAN) return undefined;
  const last = endOfSipUri(start);
  if (last >= end || OCTETS[last] !== GREATER_THAN) return undefined;
  if (last + 1 < end && OCTETS[last + 1] !== COMMA) return undefined;
  const uri = index.cut(start, last);
  const sip = readSipUri(start, uri);
  if (sip === undefined) return undefined;
  const loose = isAt(last - LOOSE.length, LOOSE) || sip.parameters.has('lr');
  return { displayName: undefined, uri, parameters: Parameters.none, sip, loose };
}
