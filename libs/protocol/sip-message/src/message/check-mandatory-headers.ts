import { parseNameAddress } from '../values/name-address.js';
import { splitValues } from '../values/split-values.js';
import { COPIED_OCTETS } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';
import {
  CALL_ID,
  CONTACT,
  CONTENT_TYPE,
  CSEQ,
  EXPIRES,
  FROM,
  MAX_FORWARDS,
  RECORD_ROUTE,
  ROUTE,
  TO,
  VIA,
} from './header-names.js';
import type { Malformed, MalformedCode } from './parse-result.js';
import { isUsualVia } from './read-via.js';
import type { SipMessage } from './sip-message.js';
import { isUsualAddress } from './usual-address.js';

/** Headers that every message needs, once (RFC 3261 §8.1.1); Max-Forwards may be missing for RFC 2543's sake. */
const SINGLE = [
  [FROM, 'From'],
  [TO, 'To'],
  [CALL_ID, 'Call-ID'],
  [CSEQ, 'CSeq'],
] as const;
const SINGLE_IF_PRESENT = [
  [MAX_FORWARDS, 'Max-Forwards'],
  [CONTENT_TYPE, 'Content-Type'],
  [EXPIRES, 'Expires'],
] as const;
const ROUTES = [
  [ROUTE, 'Route'],
  [RECORD_ROUTE, 'Record-Route'],
] as const;

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const SPACE = 32;
const TAB = 9;
const CR = 13;

/** What is wrong, and a few words about it. */
type Fault = readonly [code: MalformedCode, detail: string];

/**
 * Checks what transaction and dialog layers rely on, so that they can read it without asking again. Values of the usual
 * form are recognised in their octets; only others are parsed.
 * @returns the first thing wrong, or undefined
 */
export function checkMandatoryHeaders(message: SipMessage): Malformed | undefined {
  const fault = findCountFault(message.octets.index) ?? findValueFault(message);
  if (fault === undefined) return undefined;
  const [malformed, detail] = fault;
  return message.kind === 'request'
    ? { ok: false, malformed, offset: 0, detail, request: message }
    : { ok: false, malformed, offset: 0, detail };
}

function findCountFault(index: HeaderIndex): Fault | undefined {
  for (const [id, name] of SINGLE) {
    if (index.first(id) < 0) return ['HEADER_MISSING', `Missing ${name}`];
    if (index.isRepeated(id)) return ['HEADER_REPEATED', `Several ${name}`];
  }
  for (const [id, name] of SINGLE_IF_PRESENT) {
    if (index.isRepeated(id)) return ['HEADER_REPEATED', `Several ${name}`];
  }
  return index.first(VIA) < 0 ? ['HEADER_MISSING', 'Missing Via'] : undefined;
}

function findValueFault(message: SipMessage): Fault | undefined {
  const { index } = message.octets;
  // The values below the top one are other hops' business.
  if (!isUsualVia(index, index.first(VIA)) && message.topVia === undefined) return ['HEADER_VALUE', 'Bad Via'];
  if (!isAddress(index, FROM) && message.from === undefined) return ['HEADER_VALUE', 'Bad From'];
  if (!isAddress(index, TO) && message.to === undefined) return ['HEADER_VALUE', 'Bad To'];
  if (!isOneWord(index, index.first(CALL_ID))) return ['HEADER_VALUE', 'Bad Call-ID'];
  if (message.cseq === undefined) return ['HEADER_VALUE', 'Bad CSeq'];
  if (message.kind === 'request') {
    if (message.cseq.method !== message.method) return ['CSEQ_METHOD', 'CSeq method differs'];
    if (message.maxForwards === undefined && index.first(MAX_FORWARDS) >= 0)
      return ['HEADER_VALUE', 'Bad Max-Forwards'];
    if (message.uri === undefined) return ['REQUEST_URI', 'Bad Request-URI'];
  }
  for (const [id, name] of ROUTES) {
    if (!areAddresses(index, id) && message.values(name).some(isBadAddress)) return ['HEADER_VALUE', `Bad ${name}`];
  }
  if (!areAddresses(index, CONTACT) && message.headers('Contact').some(hasBadContact)) {
    return ['HEADER_VALUE', 'Bad Contact'];
  }
  return undefined;
}

/** Whether a value is there, and without white space in it. */
function isOneWord(index: HeaderIndex, line: number): boolean {
  index.hold();
  const end = index.placeBehind(line);
  let at = index.place(line);
  if (at === end) return false;
  if (!index.isPlain) return !/\s/.test(index.value(line));
  while (at < end && !isWhiteSpace(OCTETS[at] ?? 0)) at++;
  return at === end;
}

function isWhiteSpace(octet: number): boolean {
  return octet === SPACE || (octet >= TAB && octet <= CR);
}

function isAddress(index: HeaderIndex, id: number): boolean {
  const line = index.first(id);
  index.hold();
  return isUsualAddress({ from: index.place(line), end: index.placeBehind(line), list: false });
}

/** Whether all lines of a header hold usual addresses; it is so when there is none. */
function areAddresses(index: HeaderIndex, id: number): boolean {
  for (let line = index.first(id); line >= 0; line = index.isRepeated(id) ? index.findId(id, line + 1) : -1) {
    index.hold();
    if (!isUsualAddress({ from: index.place(line), end: index.placeBehind(line), list: true })) return false;
  }
  return true;
}

function isBadAddress(value: string): boolean {
  return parseNameAddress(value) === undefined;
}

function hasBadContact(line: string): boolean {
  return splitValues(line).some((value) => value !== '*' && isBadAddress(value));
}
