import { parseDecimal } from './characters.js';
import { Parameters } from './parameters.js';
import { escapeUser, unescapeText } from './escapes.js';

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

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** Anything that may not stand in a URI unescaped, whatever its scheme. */
const FORBIDDEN = /[\u0000-\u0020<>"\u007f]/;
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
/** `:::` is an old printing error of the ABNF that RFC 5118 §4.10 asks to tolerate. */
const IPV6 = /^[0-9A-Fa-f:]*(?::(?:\d{1,3}\.){3}\d{1,3})?$/;

/** @returns undefined when malformed; unknown schemes come back as `other` */
export function parseUri(text: string): Uri | undefined {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined || FORBIDDEN.test(text)) return undefined;
  const name = scheme.toLowerCase();
  if (name === 'sip:' || name === 'sips:') return parseSipUri(text, name === 'sip:' ? 'sip' : 'sips', scheme.length);
  if (name === 'tel:') return parseTelUri(text.slice(4));
  return { scheme: 'other', text };
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
  if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(digits)) return undefined;
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
    if (!host.includes(':') || !IPV6.test(host)) return undefined;
  } else {
    const colon = text.indexOf(':');
    host = (colon < 0 ? text : text.slice(0, colon)).trim();
    rest = colon < 0 ? '' : text.slice(colon).trim();
    if (!HOST_NAME.test(host)) return undefined;
  }
  if (rest === '') return { host: host.toLowerCase(), port: undefined };
  if (!rest.startsWith(':')) return undefined;
  const port = parseDecimal(rest.slice(1), 65_535);
  return port === undefined ? undefined : { host: host.toLowerCase(), port };
}

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
