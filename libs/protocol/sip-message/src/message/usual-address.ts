import { TOKEN_OCTETS } from '../values/characters.js';
import { COPIED_OCTETS } from './head-copy.js';

// Spelled out here: an imported constant is looked up at each use.
const TOKEN = TOKEN_OCTETS;
const OCTETS = COPIED_OCTETS;
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
 * Whether octets `[from…end)` of the copied head are a name-addr of the usual form, `"Name" <uri>;parameters`, and so well-formed; with
 * `list` one or several between commas. Makes no string.
 * @returns false for any other form, which may be well-formed all the same
 */
export function isUsualAddress(range: { from: number; end: number; list: boolean }): boolean {
  const { end, list } = range;
  let at = range.from;
  for (;;) {
    at = endOfBrackets(at, end);
    if (at < 0) return false;
    while (at < end && OCTETS[at] === SEMICOLON) {
      at = endOfParameter(at + 1, end);
      if (at < 0) return false;
    }
    if (at === end) return true;
    if (!list || OCTETS[at] !== COMMA) return false;
    at++;
    while (at < end && isBlank(OCTETS[at] ?? 0)) at++;
  }
}

/** Behind display name and `<uri>`, or -1. */
function endOfBrackets(from: number, end: number): number {
  let at = from;
  if (OCTETS[at] === QUOTE) {
    at = endOfQuotes(at, end);
    if (at < 0) return -1;
    while (at < end && isBlank(OCTETS[at] ?? 0)) at++;
  } else while (at < end && (TOKEN[OCTETS[at] ?? 0] === 1 || isBlank(OCTETS[at] ?? 0))) at++;
  if (at >= end || OCTETS[at] !== LESS_THAN) return -1;
  const uri = at + 1;
  for (at = uri; at < end; at++) {
    const octet = OCTETS[at] ?? 0;
    if (octet === GREATER_THAN) return at > uri ? at + 1 : -1;
    if (octet <= SPACE || octet >= DELETE || octet === QUOTE || octet === LESS_THAN) return -1;
  }
  return -1;
}

/** Behind `name`, `name=value` or `name="value"`, or -1. */
function endOfParameter(from: number, end: number): number {
  let at = from;
  while (at < end && TOKEN[OCTETS[at] ?? 0] === 1) at++;
  if (at === from) return -1;
  if (at === end || OCTETS[at] !== EQUALS) return at;
  at++;
  if (OCTETS[at] === QUOTE) return endOfQuotes(at, end);
  while (at < end && isPlainValue(OCTETS[at] ?? 0)) at++;
  return at;
}

function endOfQuotes(from: number, end: number): number {
  for (let at = from + 1; at < end; at++) {
    if (OCTETS[at] === BACKSLASH) at++;
    else if (OCTETS[at] === QUOTE) return at + 1;
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
