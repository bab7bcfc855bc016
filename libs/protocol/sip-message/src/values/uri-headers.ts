import { isToken } from './characters.js';
import { unescapeText } from './escapes.js';

/** Most headers looked at in one URI. */
const MAX_URI_HEADERS = 64;
/** unreserved and hnv-unreserved of RFC 3261 §25.1. */
const PLAIN = /^[A-Za-z0-9\-_.!~*'()[\]/?:+$]$/;

/** `name=value&name=value` behind the `?` of a URI, unescaped, in order (RFC 3261 §19.1.1). */
export type UriHeaders = readonly (readonly [name: string, value: string])[];

/** @returns undefined when malformed: a name that no header can have, a broken escape, or far too many */
export function parseUriHeaders(text: string | undefined): UriHeaders | undefined {
  if (text === undefined || text === '') return [];
  const pieces = text.split('&', MAX_URI_HEADERS + 1);
  if (pieces.length > MAX_URI_HEADERS) return undefined;
  const headers: (readonly [string, string])[] = [];
  for (const piece of pieces) {
    const equals = piece.indexOf('=');
    const name = unescapeText(equals < 0 ? piece : piece.slice(0, equals));
    const value = unescapeText(equals < 0 ? '' : piece.slice(equals + 1));
    if (name === undefined || !isToken(name) || value === undefined) return undefined;
    headers.push([name, value]);
  }
  return headers;
}

/** Text for behind the `?`. */
export function buildUriHeaders(headers: UriHeaders): string {
  return headers.map(([name, value]) => `${escapeHeader(name)}=${escapeHeader(value)}`).join('&');
}

/** The first value of a name, compared without case. */
export function uriHeader(headers: UriHeaders, name: string): string | undefined {
  const lower = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === lower)?.[1];
}

/** Cuts a URI's text in front of its `?`, outside the user part. */
export function splitUriHeaders(uri: string): { readonly address: string; readonly headers: string | undefined } {
  const question = uri.indexOf('?', uri.indexOf('@') + 1);
  return question < 0
    ? { address: uri, headers: undefined }
    : { address: uri.slice(0, question), headers: uri.slice(question + 1) };
}

function escapeHeader(text: string): string {
  let escaped = '';
  for (const octet of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(octet);
    escaped +=
      octet < 128 && PLAIN.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}
