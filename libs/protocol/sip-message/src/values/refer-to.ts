import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { Parameters } from './parameters.js';
import { parseSipOrSipsUri } from './uri.js';
import { buildUriHeaders, parseUriHeaders, splitUriHeaders } from './uri-headers.js';
import type { UriHeaders } from './uri-headers.js';

/** Refer-To: what the receiver is asked to reach (RFC 3515 §2.1), taken apart. */
export interface ReferTo extends NameAddress {
  /** The URI without its `method` parameter and headers: the Request-URI of the request that is asked for. */
  readonly target: string;
  /** Default INVITE. */
  readonly method: string;
  /** Headers that the request is to carry, such as Replaces (RFC 3891 §7), unescaped. */
  readonly headers: UriHeaders;
}

/** @returns undefined when malformed */
export function parseReferTo(text: string): ReferTo | undefined {
  const address = parseNameAddress(text);
  if (address === undefined) return undefined;
  const { displayName, uri, parameters } = address;
  const sip = parseSipOrSipsUri(uri);
  if (sip === undefined) return { displayName, uri, parameters, target: uri, method: 'INVITE', headers: [] };
  const headers = parseUriHeaders(sip.headers);
  if (headers === undefined) return undefined;
  const method = sip.parameters.get('method');
  const plain = splitUriHeaders(uri).address;
  const target =
    method === undefined
      ? plain
      : `${plain.slice(0, -sip.parameters.text.length)}${sip.parameters.without('method').text}`;
  return { displayName, uri, parameters, target, method: method ?? 'INVITE', headers };
}

/** Writes target, method and headers as one URI. */
export function buildReferTo(parts: {
  displayName?: string | undefined;
  target: string;
  method?: string;
  headers?: UriHeaders;
  parameters?: Parameters;
}): string {
  const method = parts.method === undefined || parts.method === 'INVITE' ? '' : `;method=${parts.method}`;
  const headers = parts.headers === undefined || parts.headers.length === 0 ? '' : `?${buildUriHeaders(parts.headers)}`;
  const { displayName, parameters } = parts;
  return buildNameAddress({
    displayName,
    uri: `${parts.target}${method}${headers}`,
    parameters: parameters ?? Parameters.none,
  });
}
