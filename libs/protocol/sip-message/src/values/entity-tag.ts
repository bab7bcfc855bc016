import { isToken } from './characters.js';

/** SIP-ETag and SIP-If-Match: which publication is meant (RFC 3903 §11.3). @returns undefined when malformed */
export function parseEntityTag(text: string): string | undefined {
  const tag = text.trim();
  return isToken(tag) ? tag : undefined;
}

/** Suppress-If-Match: an entity-tag, or `*` for any (RFC 5839 §7.1); a token either way. */
export const parseSuppressIfMatch = parseEntityTag;

export function buildEntityTag(tag: string): string {
  return tag;
}
