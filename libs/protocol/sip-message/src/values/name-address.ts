import { CR, LESS_THAN, QUOTE, SPACE, TAB } from './characters.js';
import { Parameters, parseParameters } from './parameters.js';
import { endOfQuotedString, quote, unquote } from './quoted-string.js';

/** `"Display name" <uri>;parameters`, as in From, To, Contact, Route, Refer-To (RFC 3261 §20.10). */
export interface NameAddress {
  /** Unquoted; undefined when absent. */
  readonly displayName: string | undefined;
  /** URI text as written, without angle brackets; {@link parseUri} takes it apart. */
  readonly uri: string;
  /** Header parameters, such as `tag`, `expires` or `q`. */
  readonly parameters: Parameters;
}

/** @returns undefined when malformed: an open quote or bracket, spaces in a URI, an empty parameter */
export function parseNameAddress(text: string): NameAddress | undefined {
  const value = trimmed(text);
  let open: number;
  let displayName: string | undefined;
  if (value.charCodeAt(0) === QUOTE) {
    const end = endOfQuotedString(value, 0);
    if (end < 0) return undefined;
    displayName = unquote(value.slice(0, end));
    open = end;
    while (open < value.length && value.charCodeAt(open) <= SPACE) open++;
    if (open === value.length || value.charCodeAt(open) !== LESS_THAN) return undefined;
  } else {
    open = value.indexOf('<');
    if (open < 0) return parseBareAddress(value);
    if (open > 0) {
      // Characters outside token in a bare display name are an error that nearly everyone forgives (RFC 4475 §3.1.2.15).
      displayName = value.slice(0, open).trim() || undefined;
      if (displayName?.includes('"')) return undefined;
    }
  }
  const close = value.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = trimmed(value.slice(open + 1, close));
  if (uri === '' || !isPlainUri(uri)) return undefined;
  const parameters = close === value.length - 1 ? Parameters.none : parseParameters(value.slice(close + 1));
  return parameters === undefined ? undefined : { displayName, uri, parameters };
}

/**
 * From or To: no bracket may stand in its parameters but in quotes, or it would be open where the address ends and which
 * tag counts (RFC 3261 §25.1, gen-value). No semicolon ends it: what answers puts its tag there.
 */
export function parsePartyAddress(text: string): NameAddress | undefined {
  if (text.trimEnd().endsWith(';')) return undefined;
  const address = parseNameAddress(text);
  return address === undefined || hasOpenBracket(address.parameters.text) ? undefined : address;
}

function hasOpenBracket(parameters: string): boolean {
  if (!parameters.includes('<')) return false;
  for (let at = 0; at < parameters.length; at++) {
    const code = parameters.charCodeAt(at);
    if (code === LESS_THAN) return true;
    if (code !== QUOTE) continue;
    const end = endOfQuotedString(parameters, at);
    if (end < 0) return true;
    at = end - 1;
  }
  return false;
}

/** Most values need no trimming. */
function trimmed(text: string): string {
  if (text === '') return text;
  return text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE ? text.trim() : text;
}

function isPlainUri(uri: string): boolean {
  for (let at = 0; at < uri.length; at++) {
    const code = uri.charCodeAt(at);
    if (code === SPACE || code === QUOTE || code === LESS_THAN || (code >= TAB && code <= CR)) return false;
    if (code > 127 && /\s/.test(uri.charAt(at))) return false;
  }
  return true;
}

/** Without brackets every `;` belongs to the header, and `?` and `,` may not appear (§20). */
function parseBareAddress(value: string): NameAddress | undefined {
  const semicolon = value.indexOf(';');
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (uri === '' || /[\s"<>?,]/.test(uri) || !uri.includes(':')) return undefined;
  const parameters = semicolon < 0 ? Parameters.none : parseParameters(value.slice(semicolon));
  return parameters === undefined ? undefined : { displayName: undefined, uri, parameters };
}

export function buildNameAddress(address: {
  displayName?: string | undefined;
  uri: string;
  parameters?: Parameters;
}): string {
  const name = address.displayName === undefined ? '' : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${address.parameters?.text ?? ''}`;
}
