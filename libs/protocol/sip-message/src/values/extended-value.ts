import { unescapeText } from './escapes.js';

/** attr-char of RFC 5987 §3.2.1: what needs no escape. */
const PLAIN = /^[A-Za-z0-9!#$&+\-.^_`|~]$/;

/** `UTF-8'language'%C3%A9`: a parameter value with a charset (RFC 5987). @returns undefined for other charsets */
export function parseExtendedValue(text: string): string | undefined {
  const match = /^utf-8'[A-Za-z0-9-]*'([^'"\s]*)$/i.exec(text);
  return match === null ? undefined : unescapeText(match[1] ?? '');
}

export function buildExtendedValue(text: string): string {
  let escaped = '';
  for (const octet of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(octet);
    escaped += PLAIN.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `UTF-8''${escaped}`;
}
