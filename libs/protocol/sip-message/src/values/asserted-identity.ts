import { parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { parseUri } from './uri.js';

/**
 * P-Asserted-Identity and P-Preferred-Identity (RFC 3325 §9): one value of sip: or sips:, one of tel:, or both.
 * @param values all values, commas split
 * @returns undefined when there are none, more than two, two of a kind, or one is malformed
 */
export function parseIdentities(
  values: readonly string[],
): { readonly sip: NameAddress | undefined; readonly tel: NameAddress | undefined } | undefined {
  if (values.length < 1 || values.length > 2) return undefined;
  let sip: NameAddress | undefined;
  let tel: NameAddress | undefined;
  for (const value of values) {
    const address = parseNameAddress(value);
    const scheme = address && parseUri(address.uri)?.scheme;
    if ((scheme === 'sip' || scheme === 'sips') && sip === undefined) sip = address;
    else if (scheme === 'tel' && tel === undefined) tel = address;
    else return undefined;
  }
  return { sip, tel };
}
