import { parseCSeq } from '../values/cseq.js';
import type { CSeq } from '../values/cseq.js';
import type { HeaderIndex } from './header-index.js';
import { methodAt } from './known-methods.js';

const SPACE = 32;

/** A CSeq line; of the usual form without making a string. @returns undefined when malformed */
export function readCSeq(index: HeaderIndex, line: number): CSeq | undefined {
  const { bytes } = index;
  const start = index.offset(line);
  const end = index.end(line);
  let at = start;
  let sequence = 0;
  while (at < end && at - start < 9) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    sequence = sequence * 10 + digit;
    at++;
  }
  if (at > start && bytes[at] === SPACE) {
    const method = methodAt(bytes, at + 1, end);
    if (method !== undefined) return { sequence, method };
  }
  return parseCSeq(index.value(line));
}
