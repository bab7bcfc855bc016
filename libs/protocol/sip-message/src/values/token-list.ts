import { COMMA, isBlank, isToken, trimBlanks } from './characters.js';
import { splitValues } from './split-values.js';

/**
 * One value of a list of tokens: Allow, Allow-Events, Supported, Require, Proxy-Require, Unsupported, Content-Encoding,
 * Content-Language, Request-Disposition, P-Early-Media, … @returns undefined when malformed
 */
export function parseToken(text: string): string | undefined {
  const token = trimBlanks(text);
  return isToken(token) ? token : undefined;
}

export function buildToken(token: string): string {
  return token;
}

/** Whether a comma list of tokens has this one, which is in lower case. */
export function listsToken(list: string, token: string): boolean {
  // It would be found at the end of any text, over and over.
  if (token === '') return false;
  const text = list.toLowerCase();
  let at = text.indexOf(token);
  if (at < 0) return false;
  // No list of tokens: what stands between quotes or brackets is none of them.
  if (text.includes('"') || text.includes('<')) return splitValues(text).includes(token);
  for (; at >= 0; at = text.indexOf(token, at + 1)) {
    if (isBorder(text, at, -1) && isBorder(text, at + token.length - 1, 1)) return true;
  }
  return false;
}

/** Whether a comma or the end comes next, in this direction. */
function isBorder(text: string, from: number, step: 1 | -1): boolean {
  let at = from + step;
  while (at >= 0 && at < text.length && isBlank(text.charCodeAt(at))) at += step;
  return at < 0 || at >= text.length || text.charCodeAt(at) === COMMA;
}
