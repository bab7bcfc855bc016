import { parseCSeq } from '../values/cseq.js';
import type { CSeq } from '../values/cseq.js';
import { COPIED_OCTETS } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';
import { methodAt } from './known-methods.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const SPACE = 32;

/** A CSeq line; of the usual form without making a string. @returns undefined when malformed */
export function readCSeq(index: HeaderIndex, line: number): CSeq | undefined {
  index.hold();
  const start = index.place(line);
  const end = index.placeBehind(line);
  let at = start;
  let sequence = 0;
  while (at < end && at - start < 9) {
    const digit = (OCTETS[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    sequence = sequence * 10 + digit;
    at++;
  }
  if (at > start && OCTETS[at] === SPACE) {
    const method = methodAt(at + 1, end);
    if (method !== undefined) return { sequence, method };
  }
  return parseCSeq(index.value(line));
}
