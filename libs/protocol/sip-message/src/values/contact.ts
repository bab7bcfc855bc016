import { parseDecimal } from './characters.js';
import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { Parameters } from './parameters.js';
import { buildQ, parseQ } from './q-value.js';

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
  return {
    wildcard: false,
    displayName: address.displayName,
    uri: address.uri,
    parameters: address.parameters,
    expires: expires === undefined ? undefined : parseDeltaSeconds(expires),
    q: parseQ(address.parameters.get('q')),
  };
}

/** A Contact value; `q` and `expires` are written when given. */
export function buildContact(
  contact:
    | { wildcard: true }
    | {
        wildcard?: false;
        displayName?: string | undefined;
        uri: string;
        q?: number | undefined;
        expires?: number | undefined;
        parameters?: Parameters;
      },
): string {
  if (contact.wildcard === true) return '*';
  let parameters = contact.parameters ?? Parameters.none;
  // A q of 1 is what its absence means.
  if (contact.q !== undefined && (contact.q !== 1 || parameters.has('q')))
    parameters = parameters.with('q', buildQ(contact.q));
  if (contact.expires !== undefined) parameters = parameters.with('expires', String(contact.expires));
  return buildNameAddress({ displayName: contact.displayName, uri: contact.uri, parameters });
}

/**
 * delta-seconds; more than 2^32-1 is read as that (RFC 3261 §20.19), non-numbers are undefined. A fraction is left out: read
 * as no number, a 0.0 that ends a binding would keep it for its usual time.
 */
export function parseDeltaSeconds(text: string): number | undefined {
  const written = text.trim();
  const trimmed = written.includes('.') ? written.replace(/^(\d+)\.\d*$/, '$1') : written;
  if (/^\d{11,}$/.test(trimmed)) return 2 ** 32 - 1;
  const seconds = parseDecimal(trimmed, Number.MAX_SAFE_INTEGER);
  return seconds === undefined ? undefined : Math.min(seconds, 2 ** 32 - 1);
}

export function buildDeltaSeconds(seconds: number): string {
  return String(seconds);
}
