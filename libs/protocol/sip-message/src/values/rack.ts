import { isToken, parseDecimal } from './characters.js';

/** RAck: which reliable provisional response a PRACK confirms (RFC 3262 §7.2). */
export interface RAck {
  /** The response's RSeq. */
  readonly responseNumber: number;
  /** Sequence and method of its CSeq. */
  readonly sequence: number;
  readonly method: string;
}

/** RSeq (RFC 3262 §7.1): 1 to 2^32-1. @returns undefined when malformed or out of range */
export function parseRSeq(text: string): number | undefined {
  const value = parseDecimal(text, 2 ** 32 - 1);
  return value === 0 ? undefined : value;
}

export function buildRSeq(responseNumber: number): string {
  return String(responseNumber);
}

/** @returns undefined when malformed or out of range */
export function parseRAck(text: string): RAck | undefined {
  const pieces = text.trim().split(/[ \t]+/, 4);
  if (pieces.length !== 3) return undefined;
  const responseNumber = parseRSeq(pieces[0] ?? '');
  const sequence = parseDecimal(pieces[1] ?? '', 2 ** 31 - 1);
  const method = pieces[2] ?? '';
  if (responseNumber === undefined || sequence === undefined || !isToken(method)) return undefined;
  return { responseNumber, sequence, method };
}

export function buildRAck(rack: RAck): string {
  return `${rack.responseNumber} ${rack.sequence} ${rack.method}`;
}
