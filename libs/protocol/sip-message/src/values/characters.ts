/** Octets with a meaning in SIP, and classes of them (RFC 3261 §25.1). */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS_THAN = 60;
export const EQUALS = 61;
export const GREATER_THAN = 62;
export const BACKSLASH = 92;

/** 1 for octets of a token. */
export const TOKEN_OCTETS = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") {
  TOKEN_OCTETS[character.charCodeAt(0)] = 1;
}

/** token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" ) */
export function isTokenOctet(octet: number): boolean {
  return TOKEN_OCTETS[octet] === 1;
}

export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) if (TOKEN_OCTETS[text.charCodeAt(at)] !== 1) return false;
  return true;
}

/** SP and HTAB, of which white space is made (RFC 3261 §25.1) once folds are undone: `trim()` takes no-break spaces for it too. */
export function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

/** A text without the blanks at both its ends. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/**
 * A whole number written in decimal digits only.
 * @returns undefined when anything else is there, or when it exceeds `maximum`
 */
export function parseDecimal(text: string, maximum: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < trimmed.length; at++) {
    const digit = trimmed.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
    // A larger number is not read to its end; leading zeros may be many.
    if (value > maximum) return undefined;
  }
  return value;
}
