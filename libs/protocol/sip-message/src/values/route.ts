import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { parseSipOrSipsUri } from './uri.js';
import type { SipUri } from './uri.js';

/** One value of Route, Record-Route, Path (RFC 3327) or Service-Route (RFC 3608). */
export interface Route extends NameAddress {
  readonly sip: SipUri;
  /** False for a strict router of RFC 2543's time: its URI has no `lr` (RFC 3261 §16.12). */
  readonly loose: boolean;
}

/** @returns undefined when malformed, or when the URI is neither sip: nor sips: */
export function parseRoute(text: string): Route | undefined {
  const address = parseNameAddress(text);
  const sip = address && parseSipOrSipsUri(address.uri);
  if (address === undefined || sip === undefined) return undefined;
  const { displayName, uri, parameters } = address;
  return { displayName, uri, parameters, sip, loose: sip.parameters.has('lr') };
}

export const buildRoute: (route: {
  displayName?: string | undefined;
  uri: string;
  parameters?: NameAddress['parameters'];
}) => string = buildNameAddress;
