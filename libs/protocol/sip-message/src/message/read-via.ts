import { TOKEN_OCTETS } from '../values/characters.js';
import { COPIED_OCTETS, COPIED_WORDS } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';
import { isAt } from './known-methods.js';
import { isPlainValue } from './usual-address.js';

const SPACE = 32;
const COMMA = 44;
const SEMICOLON = 59;
const EQUALS = 61;
const PROTOCOL = Uint8Array.from(Buffer.from('SIP/2.0/'));
/** Octets of `branch=`. */
const BRANCH_OCTETS = 7;
const LETTER_B = 98;
// Spelled out here: an imported constant is looked up at each use.
const TOKEN = TOKEN_OCTETS;
const OCTETS = COPIED_OCTETS;
const WORDS = COPIED_WORDS;
/** The words at the ends of `branch=`. */
const BRAN = Buffer.from('bran').readInt32LE(0);
const NCH_EQUALS = Buffer.from('nch=').readInt32LE(0);
/** 1 for what ends a parameter, and what needs more care than that: a line ends in some of it. */
const SPECIAL = new Uint8Array(256);
for (const octet of Buffer.from(',;"<\r\n')) SPECIAL[octet] = 1;

/** 1 for what a host in lower case and a port are written with. */
const SENT_BY_OCTETS = new Uint8Array(256);
for (const octet of Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789.-:')) SENT_BY_OCTETS[octet] = 1;

/**
 * The branch of the first value in a Via line without quotes.
 * @returns null when it has none, undefined for any other form, which may have one all the same
 */
export function readBranch(index: HeaderIndex, line: number): string | null | undefined {
  index.hold();
  const end = index.placeBehind(line);
  let at = index.place(line);
  for (;;) {
    while (SPECIAL[OCTETS[at] ?? 0] === 0) at++;
    if (at >= end || OCTETS[at] === COMMA) return null;
    if (OCTETS[at] !== SEMICOLON) return undefined;
    at++;
    if (isBranch(at)) break;
    // In capitals, or with spaces around: rare enough for the whole parser.
    if (((OCTETS[at] ?? 0) | 32) === LETTER_B || (OCTETS[at] ?? 0) <= SPACE) return undefined;
  }
  at += BRANCH_OCTETS;
  const start = at;
  while (TOKEN[OCTETS[at] ?? 0] === 1) at++;
  const ended = at === end || OCTETS[at] === SEMICOLON || OCTETS[at] === COMMA;
  return at > start && ended ? index.cut(start, at) : undefined;
}

function isBranch(at: number): boolean {
  return WORDS.getInt32(at, true) === BRAN && WORDS.getInt32(at + 3, true) === NCH_EQUALS;
}

/** `host` or `host:port` of the first value of a Via line of the usual form. @returns undefined for any other */
export function readSentBy(index: HeaderIndex, line: number): string | undefined {
  index.hold();
  const end = index.placeBehind(line);
  const start = sentByAt(index.place(line), end);
  if (start < 0) return undefined;
  let at = start;
  while (at < end && SENT_BY_OCTETS[OCTETS[at] ?? 0] === 1) at++;
  const ended = at === end || OCTETS[at] === SEMICOLON || OCTETS[at] === COMMA;
  return ended && isHostPort(start, at) ? index.cut(start, at) : undefined;
}

/**
 * Whether the first value of a Via line of the usual form has this `host` or `host:port`, in lower case; makes no string.
 * @returns false for any other form, which may have it all the same
 */
export function hasSentBy(index: HeaderIndex, line: number, sentBy: string): boolean {
  index.hold();
  const end = index.placeBehind(line);
  const start = sentByAt(index.place(line), end);
  const behind = start + sentBy.length;
  if (start < 0 || behind > end) return false;
  for (let at = 0; at < sentBy.length; at++) {
    const octet = OCTETS[start + at] ?? 0;
    if (octet !== sentBy.charCodeAt(at) || SENT_BY_OCTETS[octet] === 0) return false;
  }
  const ended = behind === end || OCTETS[behind] === SEMICOLON || OCTETS[behind] === COMMA;
  return ended && isHostPort(start, behind);
}

/** Whether the first value of a Via line is of the usual form, and so well-formed. */
export function isUsualVia(index: HeaderIndex, line: number): boolean {
  index.hold();
  const end = index.placeBehind(line);
  const start = sentByAt(index.place(line), end);
  if (start < 0) return false;
  let at = start;
  while (at < end && SENT_BY_OCTETS[OCTETS[at] ?? 0] === 1) at++;
  if (!isHostPort(start, at)) return false;
  while (at < end && OCTETS[at] === SEMICOLON) {
    const name = at + 1;
    at = name;
    while (at < end && TOKEN[OCTETS[at] ?? 0] === 1) at++;
    if (at === name) return false;
    if (at === end || OCTETS[at] !== EQUALS) continue;
    do at++;
    while (at < end && isPlainValue(OCTETS[at] ?? 0));
  }
  return at === end || OCTETS[at] === COMMA;
}

/** What the top Via says of the way back, where it is of the usual form (RFC 3261 §18.2, RFC 3581). */
export interface ReturnPath {
  readonly host: string;
  readonly port: number | undefined;
  /** Behind `;rport` without a value, counted from where the line's value begins; -1 where it is not asked for. */
  readonly openPort: number;
}

/**
 * The way back of a Via line with one value of the usual form, which claims nothing about where it came from.
 * @returns undefined for any other, which may be well-formed all the same
 */
export function readReturnPath(index: HeaderIndex, line: number): ReturnPath | undefined {
  index.hold();
  const from = index.place(line);
  const end = index.placeBehind(line);
  const start = sentByAt(from, end);
  if (start < 0 || !index.isPlain) return undefined;
  let at = start;
  while (at < end && SENT_BY_OCTETS[OCTETS[at] ?? 0] === 1) at++;
  if (!isHostPort(start, at)) return undefined;
  const sentByEnd = at;
  let openPort = -1;
  while (at < end && OCTETS[at] === SEMICOLON) {
    const name = at + 1;
    const first = (OCTETS[name] ?? 0) | 32;
    at = name;
    while (at < end && TOKEN[OCTETS[at] ?? 0] === 1) at++;
    if (at === name) return undefined;
    const flag = at === end || OCTETS[at] !== EQUALS;
    if (flag && openPort < 0 && at - name === RPORT.length && isAt(name, RPORT)) openPort = at - from;
    // received, maddr, keep, rport with a value or in capitals: for those who look at all of it.
    else if (first === LETTER_R || first === LETTER_M || first === LETTER_K) return undefined;
    if (flag) continue;
    do at++;
    while (at < end && isPlainValue(OCTETS[at] ?? 0));
  }
  if (at < end) return undefined;
  let hostEnd = start;
  while (hostEnd < sentByEnd && OCTETS[hostEnd] !== COLON) hostEnd++;
  const port = hostEnd === sentByEnd ? undefined : digitsOf(hostEnd + 1, sentByEnd);
  return { host: index.cut(start, hostEnd), port, openPort };
}

const RPORT = Uint8Array.from(Buffer.from('rport'));
const LETTER_R = 114;
const LETTER_M = 109;
const LETTER_K = 107;

/** Of what {@link isHostPort} has found to be digits. */
function digitsOf(start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + (OCTETS[at] ?? 0) - 48;
  return number;
}

/** Behind `SIP/2.0/UDP `, or -1. */
function sentByAt(from: number, end: number): number {
  if (!isAt(from, PROTOCOL)) return -1;
  let at = from + PROTOCOL.length;
  const transport = at;
  while (at < end && TOKEN[OCTETS[at] ?? 0] === 1) at++;
  return at > transport && at < end && OCTETS[at] === SPACE ? at + 1 : -1;
}

const COLON = 58;
const HYPHEN = 45;
const POINT = 46;

/** Whether octets of {@link SENT_BY_OCTETS} are a host name or IPv4 address, with a port or without. */
function isHostPort(start: number, end: number): boolean {
  let hostEnd = start;
  while (hostEnd < end && OCTETS[hostEnd] !== COLON) hostEnd++;
  if (hostEnd === start || OCTETS[start] === HYPHEN || OCTETS[start] === POINT || OCTETS[hostEnd - 1] === HYPHEN)
    return false;
  if (hostEnd === end) return true;
  let port = 0;
  for (let at = hostEnd + 1; at < end; at++) {
    const digit = (OCTETS[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return end - hostEnd > 1 && end - hostEnd <= 6 && port <= 65_535;
}
