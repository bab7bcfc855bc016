import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { Parameters } from './parameters.js';

/** Referred-By: who sent the REFER (RFC 3892 §3). */
export interface ReferredBy extends NameAddress {
  /** Content-ID of the body part that proves it, without angle brackets. */
  readonly contentId: string | undefined;
}

/** @returns undefined when malformed */
export function parseReferredBy(text: string): ReferredBy | undefined {
  const address = parseNameAddress(text);
  if (address === undefined) return undefined;
  const { displayName, uri, parameters } = address;
  const contentId = parameters.get('cid')?.replace(/^<(.*)>$/, '$1');
  return { displayName, uri, parameters, contentId };
}

export function buildReferredBy(parts: {
  displayName?: string | undefined;
  uri: string;
  contentId?: string | undefined;
  parameters?: Parameters;
}): string {
  const { displayName, uri } = parts;
  const other = parts.parameters ?? Parameters.none;
  const parameters = parts.contentId === undefined ? other : other.withQuoted('cid', parts.contentId);
  return buildNameAddress({ displayName, uri, parameters });
}
