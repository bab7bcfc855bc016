import { isToken } from './characters.js';

/**
 * One value of a list of tokens: Allow, Allow-Events, Supported, Require, Proxy-Require, Unsupported, Content-Encoding,
 * Content-Language, Request-Disposition, P-Early-Media, … @returns undefined when malformed
 */
export function parseToken(text: string): string | undefined {
  const token = text.trim();
  return isToken(token) ? token : undefined;
}

export function buildToken(token: string): string {
  return token;
}
