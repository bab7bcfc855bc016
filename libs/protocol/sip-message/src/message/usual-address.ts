import { TOKEN_OCTETS } from '../values/characters.js';

// Spelled out here: an imported constant is looked up at each use.
const TOKEN = TOKEN_OCTETS;
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const SEMICOLON = 59;
const LESS_THAN = 60;
const EQUALS = 61;
const GREATER_THAN = 62;
const BACKSLASH = 92;
const DELETE = 127;

/**
 * Whether `bytes[from…end)` is a name-addr of the usual form, `"Name" <uri>;parameters`, and so well-formed; with
 * `list` one or several between commas. Makes no string.
 * @returns false for any other form, which may be well-formed all the same
 */
export function isUsualAddress(bytes: Uint8Array, range: { from: number; end: number; list: boolean }): boolean {
  const { end, list } = range;
  let at = range.from;
  for (;;) {
    at = endOfBrackets(bytes, at, end);
    if (at < 0) return false;
    while (at < end && bytes[at] === SEMICOLON) {
      at = endOfParameter(bytes, at + 1, end);
      if (at < 0) return false;
    }
    if (at === end) return true;
    if (!list || bytes[at] !== COMMA) return false;
    at++;
    while (at < end && isBlank(bytes[at] ?? 0)) at++;
  }
}

/** Behind display name and `<uri>`, or -1. */
function endOfBrackets(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  if (bytes[at] === QUOTE) {
    at = endOfQuotes(bytes, at, end);
    if (at < 0) return -1;
    while (at < end && isBlank(bytes[at] ?? 0)) at++;
  } else while (at < end && (TOKEN[bytes[at] ?? 0] === 1 || isBlank(bytes[at] ?? 0))) at++;
  if (at >= end || bytes[at] !== LESS_THAN) return -1;
  const uri = at + 1;
  for (at = uri; at < end; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === GREATER_THAN) return at > uri ? at + 1 : -1;
    if (octet <= SPACE || octet >= DELETE || octet === QUOTE || octet === LESS_THAN) return -1;
  }
  return -1;
}

/** Behind `name`, `name=value` or `name="value"`, or -1. */
function endOfParameter(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && TOKEN[bytes[at] ?? 0] === 1) at++;
  if (at === from) return -1;
  if (at === end || bytes[at] !== EQUALS) return at;
  at++;
  if (bytes[at] === QUOTE) return endOfQuotes(bytes, at, end);
  while (at < end && isPlainValue(bytes[at] ?? 0)) at++;
  return at;
}

function endOfQuotes(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from + 1; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** What a parameter's value may hold without quotes and without being looked at again. */
export function isPlainValue(octet: number): boolean {
  if (octet <= SPACE || octet >= DELETE || octet === LESS_THAN || octet === GREATER_THAN) return false;
  return octet !== SEMICOLON && octet !== COMMA && octet !== QUOTE;
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
