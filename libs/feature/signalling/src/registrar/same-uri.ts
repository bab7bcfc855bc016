import { parseUri, unescapeText, type SipUri } from '@carillon/sip-message';

/** Parameters that make a difference even where only one of the two URIs has them (RFC 3261 §19.1.4). */
const SIGNIFICANT = ['user', 'ttl', 'method', 'maddr', 'transport'] as const;

/** Whether two URIs are equivalent by RFC 3261 §19.1.4; others than sip: and sips: only where they are the same text. */
export function isSameUri(one: string, other: string): boolean {
  if (one === other) return true;
  const a = parseUri(one);
  const b = parseUri(other);
  if ((a?.scheme !== 'sip' && a?.scheme !== 'sips') || a.scheme !== b?.scheme) return false;
  return isSameSipUri(a, b);
}

export function isSameSipUri(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    // User and password compare with case, host without; a port that is left out is not 5060.
    a.user === b.user &&
    a.password === b.password &&
    a.host === b.host &&
    a.port === b.port &&
    sameParameters(a, b) &&
    sameHeaders(a.headers, b.headers)
  );
}

/** What both have must be alike; what one has must not be significant. Values compare without case. */
function sameParameters(a: SipUri, b: SipUri): boolean {
  if (a.parameters.text === b.parameters.text) return true;
  for (const name of SIGNIFICANT) if (a.parameters.has(name) !== b.parameters.has(name)) return false;
  for (const [name, value] of a.parameters.entries()) {
    const other = b.parameters.get(name);
    if (other !== undefined && fold(other) !== fold(value)) return false;
  }
  return true;
}

/** All headers count, in any order; never one without the other. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const sorted = (text: string): string =>
    text
      .split('&')
      .map((header) => {
        const equals = header.indexOf('=');
        const name = equals < 0 ? header : header.slice(0, equals);
        return `${name.toLowerCase()}=${unescaped(equals < 0 ? '' : header.slice(equals + 1))}`;
      })
      .sort()
      .join('\n');
  return sorted(a) === sorted(b);
}

function fold(value: string): string {
  return unescaped(value).toLowerCase();
}

function unescaped(text: string): string {
  return unescapeText(text) ?? text;
}
