import { Parameters } from './parameters.js';
import { sameHost } from './same-host.js';
import { sameTel } from './tel-number.js';
import { parseUri } from './uri.js';
import { parseUriHeaders } from './uri-headers.js';

/** Parameters that must be in both URIs or in neither (RFC 3261 §19.1.4); transport by its examples. */
const NEVER_IGNORED = ['user', 'ttl', 'method', 'maddr', 'transport'] as const;
/** reserved of RFC 3261 §25.1: these and their escapes mean different things. */
const RESERVED = ';/?:@&=+$,';

/**
 * Whether two URIs name the same resource: sip: and sips: by RFC 3261 §19.1.4, tel: by RFC 3966 §4, others by their
 * text. Not transitive, since parameters in one URI alone are ignored: never use it to make keys.
 * @returns false when one is malformed
 */
export function sameUri(left: string, right: string): boolean {
  const a = parseUri(left);
  if (left === right) return a !== undefined;
  const b = parseUri(right);
  if (a === undefined || b === undefined) return false;
  switch (a.scheme) {
    case 'other':
      return b.scheme === 'other' && a.text === b.text;
    case 'tel':
      return b.scheme === 'tel' && sameTel(a, b);
    case 'sip':
    case 'sips':
      return (
        a.scheme === b.scheme &&
        userInfo(left) === userInfo(right) &&
        sameHost(a.host, b.host) &&
        a.port === b.port &&
        sameParameters(a.parameters, b.parameters) &&
        sameHeaders(a.headers, b.headers)
      );
  }
}

/** User and password as they compare: by case, with escapes resolved that need not be there. */
function userInfo(uri: string): string | undefined {
  const at = uri.indexOf('@');
  if (at < 0) return undefined;
  return uri.slice(uri.indexOf(':') + 1, at).replace(/%([0-9A-Fa-f]{2})/g, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return character > '\u007f' || RESERVED.includes(character) ? escape.toUpperCase() : character;
  });
}

function sameParameters(left: Parameters, right: Parameters): boolean {
  if (NEVER_IGNORED.some((name) => left.has(name) !== right.has(name))) return false;
  const values = comparable(right);
  return [...comparable(left)].every(([name, value]) => (values.get(name) ?? value) === value);
}

/** Names and values as they compare; the first of a name counts, whose repetition is an error. */
function comparable(parameters: Parameters): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of parameters.entries()) {
    const name = unescaped(key);
    if (!values.has(name)) values.set(name, unescaped(value));
  }
  return values;
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value).toLowerCase();
  } catch {
    // Not UTF-8, or no escape at all: then the text itself is compared.
    return value.toLowerCase();
  }
}

function sameHeaders(left: string | undefined, right: string | undefined): boolean {
  const a = parseUriHeaders(left);
  const b = parseUriHeaders(right);
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const written = (headers: typeof a): string[] =>
    headers.map(([name, value]) => `${name.toLowerCase()}=${value}`).toSorted();
  const others = written(b);
  return written(a).every((header, place) => header === others[place]);
}
