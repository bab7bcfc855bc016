import { SPACE, isTokenOctet } from './characters.js';

/** RFC 3261 §20.16. */
export interface CSeq {
  /** Below 2^31 (§8.1.1.5). */
  readonly sequence: number;
  readonly method: string;
}

const MAX_SEQUENCE = 2 ** 31 - 1;

/** @returns undefined when malformed or out of range */
export function parseCSeq(text: string): CSeq | undefined {
  let at = skipBlanks(text, 0);
  const start = at;
  let sequence = 0;
  while (at < text.length) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    sequence = sequence * 10 + digit;
    // Leading zeros may be many; a larger number is not read to its end.
    if (sequence > MAX_SEQUENCE) return undefined;
    at++;
  }
  const methodStart = skipBlanks(text, at);
  if (at === start || methodStart === at) return undefined;
  at = methodStart;
  while (at < text.length && isTokenOctet(text.charCodeAt(at))) at++;
  if (at === methodStart || skipBlanks(text, at) !== text.length) return undefined;
  return { sequence, method: text.slice(methodStart, at) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  return at;
}

export function buildCSeq(cseq: CSeq): string {
  return `${cseq.sequence} ${cseq.method}`;
}
