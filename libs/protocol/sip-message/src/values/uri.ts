import { GREATER_THAN, LESS_THAN, QUOTE, SPACE, parseDecimal } from './characters.js';
import { Parameters } from './parameters.js';
import { escapeUser, unescapeText } from './escapes.js';
import { ipv6Groups } from './ipv6-groups.js';

/** sip: and sips: (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Decoded; undefined when there is no user part. Parameters inside the user part stay in it. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  /** Text behind `?`, still escaped; undefined when absent. */
  readonly headers: string | undefined;
}

/** tel: (RFC 3966); visual separators are taken out of `number`. */
export interface TelUri {
  readonly scheme: 'tel';
  readonly number: string;
  readonly parameters: Parameters;
}

/** Any other scheme, untouched. */
export interface OtherUri {
  readonly scheme: 'other';
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** RFC 3966 §3: digits between visual separators; a local number may also hold `A`–`F`, `*` and `#`. */
const GLOBAL_NUMBER = /^\+[().-]*\d[\d().-]*$/;
const LOCAL_NUMBER = /^[().-]*[0-9A-Fa-f*#][0-9A-Fa-f*#().-]*$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** @returns undefined when malformed; unknown schemes come back as `other` */
export function parseUri(text: string): Uri | undefined {
  if (hasForbidden(text)) return undefined;
  if (text.startsWith('sip:')) return parseSipUri(text, 'sip', 4);
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined) return undefined;
  const name = scheme.toLowerCase();
  if (name === 'sip:' || name === 'sips:') return parseSipUri(text, name === 'sip:' ? 'sip' : 'sips', scheme.length);
  if (name === 'tel:') return parseTelUri(text.slice(4));
  return { scheme: 'other', text };
}

/** Anything that may not stand in a URI unescaped, whatever its scheme. */
function hasForbidden(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === QUOTE || code === LESS_THAN || code === GREATER_THAN || code === 127) return true;
  }
  return false;
}

/** @returns undefined for anything but a well-formed sip: or sips: URI */
export function parseSipOrSipsUri(text: string): SipUri | undefined {
  const uri = parseUri(text);
  return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri : undefined;
}

function parseSipUri(text: string, scheme: 'sip' | 'sips', from: number): SipUri | undefined {
  let user: string | undefined;
  let password: string | undefined;
  let at = from;
  const ampersat = text.indexOf('@', from);
  if (ampersat >= 0) {
    const colon = text.indexOf(':', from);
    const userEnd = colon >= 0 && colon < ampersat ? colon : ampersat;
    user = unescapeText(text.slice(from, userEnd));
    if (user === undefined || user === '') return undefined;
    if (userEnd < ampersat) {
      password = unescapeText(text.slice(userEnd + 1, ampersat));
      if (password === undefined) return undefined;
    }
    at = ampersat + 1;
  }
  const headersAt = text.indexOf('?', at);
  const end = headersAt < 0 ? text.length : headersAt;
  const semicolon = text.indexOf(';', at);
  const hostEnd = semicolon < 0 || semicolon > end ? end : semicolon;
  const hostPort = parseHostPort(text.slice(at, hostEnd));
  if (hostPort === undefined) return undefined;
  return {
    scheme,
    user,
    password,
    host: hostPort.host,
    port: hostPort.port,
    parameters: hostEnd === end ? Parameters.none : new Parameters(text.slice(hostEnd, end)),
    headers: headersAt < 0 ? undefined : text.slice(headersAt + 1),
  };
}

function parseTelUri(text: string): TelUri | undefined {
  const semicolon = text.indexOf(';');
  const digits = semicolon < 0 ? text : text.slice(0, semicolon);
  if (!(digits.startsWith('+') ? GLOBAL_NUMBER : LOCAL_NUMBER).test(digits)) return undefined;
  return {
    scheme: 'tel',
    number: digits.replace(/[().-]/g, ''),
    parameters: semicolon < 0 ? Parameters.none : new Parameters(text.slice(semicolon)),
  };
}

/** `host`, `host:port`, `[v6]` or `[v6]:port`; the host comes back in lower case without brackets. */
export function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  let host: string;
  let rest: string;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close < 0) return undefined;
    host = text.slice(1, close);
    rest = text.slice(close + 1).trim();
    if (!isIpv6(host)) return undefined;
  } else {
    const colon = text.indexOf(':');
    host = (colon < 0 ? text : text.slice(0, colon)).trim();
    rest = colon < 0 ? '' : text.slice(colon).trim();
    const kind = hostKind(host);
    if (kind === 'malformed') return undefined;
    // Most names come in lower case already.
    if (kind === 'lower') return withPort(host, rest);
  }
  return withPort(host.toLowerCase(), rest);
}

/** IPv6address (RFC 5954 §4.1). `:::` is an old printing error of the ABNF that RFC 5118 §4.10 asks to tolerate. */
function isIpv6(host: string): boolean {
  return ipv6Groups(host.replace(':::', '::')) !== undefined;
}

function withPort(host: string, rest: string): { host: string; port: number | undefined } | undefined {
  if (rest === '') return { host, port: undefined };
  if (!rest.startsWith(':')) return undefined;
  const port = parseDecimal(rest.slice(1), 65_535);
  return port === undefined ? undefined : { host, port };
}

/** Letters, digits, `_`, `.` and `-`, the last not at either end, the point not in front. */
function hostKind(host: string): 'lower' | 'mixed' | 'malformed' {
  const { length } = host;
  if (length === 0 || host.charCodeAt(0) === POINT) return 'malformed';
  if (host.charCodeAt(0) === HYPHEN || host.charCodeAt(length - 1) === HYPHEN) return 'malformed';
  let kind: 'lower' | 'mixed' = 'lower';
  for (let at = 0; at < length; at++) {
    const code = host.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) continue;
    if (code === POINT || code === HYPHEN || code === UNDERSCORE) continue;
    if (code < 65 || code > 90) return 'malformed';
    kind = 'mixed';
  }
  return kind;
}

const HYPHEN = 45;
const POINT = 46;
const UNDERSCORE = 95;

/** Brackets around IPv6, as URIs and Via want it. */
export function bracketHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

export function buildUri(uri: Uri): string {
  switch (uri.scheme) {
    case 'other':
      return uri.text;
    case 'tel':
      return `tel:${uri.number}${uri.parameters.text}`;
    case 'sip':
    case 'sips': {
      const password = uri.password === undefined ? '' : `:${escapeUser(uri.password)}`;
      const user = uri.user === undefined ? '' : `${escapeUser(uri.user)}${password}@`;
      const port = uri.port === undefined ? '' : `:${uri.port}`;
      const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
      return `${uri.scheme}:${user}${bracketHost(uri.host)}${port}${uri.parameters.text}${headers}`;
    }
  }
}

/** A SIP URI from its parts. */
export function sipUri(parts: {
  user?: string;
  host: string;
  port?: number;
  parameters?: string;
  scheme?: 'sip' | 'sips';
}): string {
  return buildUri({
    scheme: parts.scheme ?? 'sip',
    user: parts.user,
    password: undefined,
    host: parts.host,
    port: parts.port,
    parameters: new Parameters(parts.parameters ?? ''),
    headers: undefined,
  });
}
