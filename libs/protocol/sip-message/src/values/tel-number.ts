import type { Parameters } from './parameters.js';
import type { TelUri } from './uri.js';

/** What a tel: URI says (RFC 3966 §3, §5). */
export interface TelNumber {
  /** Without visual separators; global numbers keep their `+`. */
  readonly number: string;
  readonly global: boolean;
  /** Where a local number counts: a domain, or the digits in front of it (§5.1.5). */
  readonly phoneContext: string | undefined;
  readonly extension: string | undefined;
  readonly isdnSubaddress: string | undefined;
  /** Names that begin with `m-`: whoever does not know one must not use the number (§5.4). */
  readonly mandatory: readonly string[];
}

export function telNumber(uri: TelUri): TelNumber {
  const { number, parameters } = uri;
  return {
    number,
    global: number.startsWith('+'),
    phoneContext: parameters.get('phone-context'),
    extension: digitsOf(parameters.get('ext')),
    isdnSubaddress: parameters.get('isub'),
    mandatory: [...parameters.entries()].flatMap(([name]) => (/^m-/i.test(name) ? [name.toLowerCase()] : [])),
  };
}

/**
 * Whether two tel: URIs are equal (RFC 3966 §4): both global or both local, the same digits, and the same parameters in
 * any order; case does not count, nor do visual separators.
 */
export function sameTel(left: TelUri, right: TelUri): boolean {
  if (left.number.toLowerCase() !== right.number.toLowerCase()) return false;
  const others = comparable(right.parameters);
  const own = comparable(left.parameters);
  return own.size === others.size && [...own].every(([name, value]) => others.get(name) === value);
}

/** Names and values as they compare. */
function comparable(parameters: Parameters): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const [key, written] of parameters.entries()) {
    const name = key.toLowerCase();
    const value = written.toLowerCase();
    const digits = name === 'ext' || (name === 'phone-context' && value.startsWith('+'));
    if (!values.has(name)) values.set(name, digits ? digitsOf(value) : value);
  }
  return values;
}

function digitsOf(text: string | undefined): string | undefined {
  return text?.replace(/[-.()]/g, '');
}

/** The user part that stands for a tel: URI in a SIP URI with `user=phone` (RFC 3261 §19.1.6): parameters in order. */
export function telUserPart(uri: TelUri): string {
  const parameters = [...uri.parameters.entries()].map(([name, value]) => [name.toLowerCase(), value] as const);
  // isub and ext come first, then phone-context, then the others by name (RFC 3966 §3, RFC 3261 §19.1.6).
  const rank = (name: string): number => (name === 'isub' || name === 'ext' ? 0 : name === 'phone-context' ? 1 : 2);
  const sorted = parameters.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return `${uri.number.toLowerCase()}${sorted.map(([name, value]) => `;${name}${value === '' ? '' : `=${value}`}`).join('')}`;
}
