import { isToken, parseDecimal } from './characters.js';

/** RFC 3261 §20.16. */
export interface CSeq {
  /** Below 2^31 (§8.1.1.5). */
  readonly sequence: number;
  readonly method: string;
}

/** @returns undefined when malformed or out of range */
export function parseCSeq(text: string): CSeq | undefined {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  if (space < 0) return undefined;
  const sequence = parseDecimal(trimmed.slice(0, space), 2 ** 31 - 1);
  const method = trimmed.slice(space).trim();
  return sequence === undefined || !isToken(method) ? undefined : { sequence, method };
}

export function buildCSeq(cseq: CSeq): string {
  return `${cseq.sequence} ${cseq.method}`;
}
