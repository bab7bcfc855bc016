import { BACKSLASH, COMMA, EQUALS, QUOTE, SPACE, TOKEN_OCTETS, isToken } from '../values/characters.js';
import { endOfQuotedString, quote, unquote } from '../values/quoted-string.js';

/** `Scheme name=value, name="value"` of Authorization, WWW-Authenticate and their proxy siblings (RFC 3261 §20.44). */
export interface AuthenticationHeader {
  /** Lower case, e.g. `digest`. */
  readonly scheme: string;
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What stands there in place of parameters, as in `Bearer <token>` (RFC 8898 §2); absent otherwise. */
  readonly token?: string;
}

/** token68 of RFC 7235 §2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

// Spelled out here: an imported constant is looked up at each use.
const TOKEN_TABLE = TOKEN_OCTETS;
/** Most parameters looked at. */
const MAX_PARAMETERS = 32;

/** One header line: these headers are never comma-joined. @returns undefined when malformed or a name repeats */
export function parseAuthentication(text: string): AuthenticationHeader | undefined {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  const scheme = space < 0 ? trimmed : trimmed.slice(0, space);
  if (!isToken(scheme)) return undefined;
  const rest = space < 0 ? '' : trimmed.slice(space).trim();
  if (TOKEN.test(rest)) return { scheme: scheme.toLowerCase(), parameters: new Map(), token: rest };
  const parameters = parseAuthenticationParameters(rest);
  return parameters && { scheme: scheme.toLowerCase(), parameters };
}

/** Parameters that are written without quotes, for historical reasons (RFC 7616 §3.3, §3.4). */
const BARE = new Set(['algorithm', 'qop', 'nc', 'stale', 'userhash', 'charset', 'username*']);

/** The other way round. In challenges a list of qop values is quoted. */
export function buildAuthentication(header: AuthenticationHeader): string {
  const parameters = [...header.parameters].map(([name, value]) =>
    BARE.has(name) && /^[^\s",]+$/.test(value) ? `${name}=${value}` : `${name}=${quote(value)}`,
  );
  const scheme = header.scheme === 'digest' ? 'Digest' : header.scheme;
  if (header.token !== undefined) return `${scheme} ${header.token}`;
  return parameters.length === 0 ? scheme : `${scheme} ${parameters.join(', ')}`;
}

/** `name=value, name="value"`: names in lower case, values without quotes. @returns undefined when malformed */
export function parseAuthenticationParameters(text: string): ReadonlyMap<string, string> | undefined {
  const trimmed = text.trim();
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < trimmed.length) {
    const usual = readUsual(trimmed, at, parameters);
    if (usual > at) {
      at = usual;
      continue;
    }
    const end = endOfPiece(trimmed, at);
    if (end < 0) return undefined;
    const piece = trimmed.slice(at, end).trim();
    at = trimmed.charCodeAt(end) === COMMA ? end + 1 : end;
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = piece.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (!isToken(name) || parameters.has(name) || parameters.size >= MAX_PARAMETERS) return undefined;
    const value = piece.slice(equals + 1).trim();
    if (value.startsWith('"') && endOfQuotedString(value, 0) !== value.length) return undefined;
    parameters.set(name, unquote(value));
  }
  return parameters;
}

/**
 * A parameter as nearly everybody writes it, `name="value"` or `name=value` up to a comma, name in lower case, no escapes:
 * no text is made but those that are kept.
 * @returns where the next one may begin; `from` for any other form, for a name that repeats, and for one too many
 */
function readUsual(text: string, from: number, parameters: Map<string, string>): number {
  const { length } = text;
  let at = from;
  while (at < length && text.charCodeAt(at) === SPACE) at++;
  const start = at;
  while (at < length && TOKEN_TABLE[text.charCodeAt(at)] === 1) {
    const code = text.charCodeAt(at++);
    if (code >= UPPER_A && code <= UPPER_Z) return from;
  }
  if (at === start || at === length || text.charCodeAt(at) !== EQUALS) return from;
  const name = text.slice(start, at);
  at++;
  let valueStart = at;
  let valueEnd: number;
  if (at < length && text.charCodeAt(at) === QUOTE) {
    valueStart = at + 1;
    for (at = valueStart; at < length && text.charCodeAt(at) !== QUOTE; at++)
      if (text.charCodeAt(at) === BACKSLASH) return from;
    valueEnd = at;
    at++;
  } else {
    while (at < length && TOKEN_TABLE[text.charCodeAt(at)] === 1) at++;
    valueEnd = at;
  }
  if (at > length || (at < length && text.charCodeAt(at) !== COMMA)) return from;
  if (parameters.has(name) || parameters.size >= MAX_PARAMETERS) return from;
  parameters.set(name, text.slice(valueStart, valueEnd));
  return at + 1;
}

const UPPER_A = 65;
const UPPER_Z = 90;

/** Where a parameter ends: at a comma, or behind a quoted value and a blank, since commas are forgotten now and then. */
function endOfPiece(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA) return at;
    if (code === QUOTE) {
      at = endOfQuotedString(text, at);
      if (at < 0 || text.charCodeAt(at) <= SPACE) return at;
    } else at++;
  }
  return at;
}
