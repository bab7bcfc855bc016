import { parseDecimal } from './characters.js';
import { parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';

/** A Contact value: `*` (only to remove all bindings, RFC 3261 §10.2.2) or an address with its parameters. */
export type Contact = { readonly wildcard: true } | ContactAddress;

export interface ContactAddress extends NameAddress {
  readonly wildcard: false;
  /** Seconds; undefined when absent or malformed (then the default counts, §10.2.1.1). */
  readonly expires: number | undefined;
  /** 0–1, default 1. */
  readonly q: number;
}

/** One Contact value. @returns undefined when malformed */
export function parseContact(text: string): Contact | undefined {
  if (text.trim() === '*') return { wildcard: true };
  const address = parseNameAddress(text);
  if (address === undefined) return undefined;
  const expires = address.parameters.get('expires');
  const q = address.parameters.get('q');
  return {
    wildcard: false,
    displayName: address.displayName,
    uri: address.uri,
    parameters: address.parameters,
    expires: expires === undefined ? undefined : parseDeltaSeconds(expires),
    q: q !== undefined && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q) ? Number(q) : 1,
  };
}

/** delta-seconds; more than 2^32-1 is read as that (RFC 3261 §20.19), non-numbers are undefined. */
export function parseDeltaSeconds(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{11,}$/.test(trimmed)) return 2 ** 32 - 1;
  const seconds = parseDecimal(trimmed, Number.MAX_SAFE_INTEGER);
  return seconds === undefined ? undefined : Math.min(seconds, 2 ** 32 - 1);
}
