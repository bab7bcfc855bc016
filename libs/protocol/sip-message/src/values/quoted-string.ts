import { BACKSLASH, QUOTE, SPACE } from './characters.js';

const DELETE = 127;

/** Index just behind the closing quote of the quoted string at `from`, or -1 when it never closes. */
export function endOfQuotedString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

/** Takes the quotes off and resolves backslash escapes; text without quotes is returned as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== QUOTE) return text;
  const inner = text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

/** What must be escaped: the quote, the backslash, and control characters but TAB (qdtext, RFC 3261 §25.1). */
const TO_ESCAPE = /["\\\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Writes a quoted string; CR and LF cannot be written and become spaces. */
export function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : `"${text.replace(/[\r\n]+/g, ' ').replace(TO_ESCAPE, '\\$&')}"`;
}

/** Whether nothing in it needs care, as in nearly every name. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code === QUOTE || code === BACKSLASH || code === DELETE) return false;
  }
  return true;
}
