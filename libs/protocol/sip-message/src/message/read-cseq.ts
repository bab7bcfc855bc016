import { parseCSeq } from '../values/cseq.js';
import type { CSeq } from '../values/cseq.js';
import type { HeaderIndex } from './header-index.js';

const SPACE = 32;
/** Methods that are recognised without making a string, with what they are in octets. */
const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE'].map(
  (method) => ({ method, octets: Buffer.from(method) }),
);

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
    for (const { method, octets } of METHODS) {
      if (octets.length === end - at - 1 && isAt(bytes, at + 1, octets)) return { sequence, method };
    }
  }
  return parseCSeq(index.value(line));
}

function isAt(bytes: Buffer, at: number, octets: Buffer): boolean {
  for (let place = 0; place < octets.length; place++) if (bytes[at + place] !== octets[place]) return false;
  return true;
}
