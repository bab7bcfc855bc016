import type { HeaderLine } from './build-message.js';
import { oneLine } from './build-message.js';
import type { HeaderIndex } from './header-index.js';
import { OctetSlab } from './octet-slab.js';
import { maxForwardsInPlace, planChanges } from './plan-changes.js';
import type { Change } from './plan-changes.js';
import type { MessageOctets } from './message-octets.js';
import type { SipMessage } from './sip-message.js';

/** What changes in a message that goes on (RFC 3261 §16.6, §16.7); everything else is copied as it came. */
export interface MessageEdits {
  /** New Request-URI; counts for requests only. */
  readonly uri?: string | undefined;
  /** New Max-Forwards (§16.6 item 3), in place of the old one or at the end. */
  readonly maxForwards?: number | undefined;
  /** Lines in front of all others: our Via, our Record-Route. */
  readonly first?: readonly HeaderLine[];
  /** Headers whose first value goes: the top Via of a response, a Route that was reached. */
  readonly dropFirst?: readonly string[];
  /** New values, one line each, in place of all lines of that name, or at the end. No value takes the header out. */
  readonly set?: readonly (readonly [name: string, values: readonly string[]])[];
  /** Lines behind all others. */
  readonly last?: readonly HeaderLine[];
  /** New body; Content-Length follows, Content-Type is for `set`. */
  readonly body?: string | Uint8Array | undefined;
}

/** Built messages lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();
/** Around the pieces of a start line, and Content-Length with its value. */
const OWN_OCTETS = 64;

/**
 * A received message with these changes, as octets. Untouched lines and the body are copied in ranges, never parsed or
 * written anew; only line ends that are not CR LF are put right, and a missing Content-Length is added.
 */
export function buildEditedMessage(message: SipMessage, edits: MessageEdits): Buffer {
  const { index, bytes, bodyStart, bodyEnd, declared } = message.octets;
  const quick = buildWithLines(message, edits);
  if (quick !== undefined) return quick;
  const body = typeof edits.body === 'string' ? Buffer.from(edits.body, 'utf8') : edits.body;
  const digitsAt = edits.maxForwards === undefined ? -1 : maxForwardsInPlace(index, edits);
  const changes = planChanges(index, edits, digitsAt);
  // From the last change on, head and body go on in one piece.
  const whole = index.strictLineEnds && declared && body === undefined && edits.last === undefined;
  SLAB.begin(mostOctets(message, edits, { changes, body }));
  writeStartLine(message, edits);
  if (edits.first !== undefined) writeLines(edits.first);
  const linesAt = SLAB.position;
  if (!index.strictLineEnds) rewrite(index, changes);
  else copyLines(index, changes, whole ? bodyEnd : index.linesEnd);
  if (digitsAt >= 0) SLAB.twoDigits(linesAt + digitsAt - index.start(0), edits.maxForwards ?? 0);
  if (whole) return SLAB.finish();
  if (edits.last !== undefined) writeLines(edits.last);
  if (body !== undefined || !declared) SLAB.line('Content-Length', String(body?.length ?? bodyEnd - bodyStart));
  SLAB.octets(CR, LF);
  return (body === undefined ? SLAB.copy(bytes, bodyStart, bodyEnd) : SLAB.copy(body, 0, body.length)).finish();
}

/**
 * A whole message that only gets lines in front, and another Max-Forwards in place: one copy with room for them.
 * @returns undefined when there is more to do
 */
function buildWithLines(message: SipMessage, edits: MessageEdits): Buffer | undefined {
  const { octets } = message;
  const { index, bytes } = octets;
  const { first, maxForwards } = edits;
  if (first === undefined || !isWhole(octets) || !changesNothingElse(edits)) return undefined;
  const digitsAt = maxForwards === undefined ? 0 : maxForwardsInPlace(index, edits);
  if (digitsAt < 0) return undefined;
  let room = 0;
  for (const line of first) room += line[0].length + line[1].length + AROUND_A_LINE;
  if (room < SMALLEST_ROOM) return undefined;
  const linesAt = index.start(0);
  SLAB.begin(bytes.length + room);
  let at = SLAB.position;
  SLAB.copyWithRoom(bytes, linesAt, room);
  at += linesAt;
  for (const line of first) {
    const length = SLAB.putIn(at, line[0], line[1]);
    if (length < 0) return undefined;
    at += length;
  }
  if (digitsAt > 0) SLAB.twoDigits(at - linesAt + digitsAt, maxForwards ?? 0);
  return SLAB.finish();
}

/** Whether nothing but the message lies in its octets, and it is as it must be. */
function isWhole({ index, bytes, start, bodyEnd, declared, usualStart }: MessageOctets): boolean {
  return declared && usualStart && index.strictLineEnds && start === 0 && bodyEnd === bytes.length;
}

function changesNothingElse({ uri, dropFirst, set, last, body }: MessageEdits): boolean {
  return uri === undefined && dropFirst === undefined && set === undefined && last === undefined && body === undefined;
}

/** Colon, blank, CR and LF. */
const AROUND_A_LINE = 4;
const SMALLEST_ROOM = 8;

/** What replaces parts of a message: its lines, and its body. */
interface Replacements {
  readonly changes: readonly Change[];
  readonly body: Uint8Array | undefined;
}

/** No more than this is written: room for each character as three octets, and for line ends put right. */
function mostOctets(message: SipMessage, edits: MessageEdits, { changes, body }: Replacements): number {
  const { index, bytes, start, usualStart, bodyStart, bodyEnd } = message.octets;
  let most = bytes.length - start + (edits.uri?.length ?? 0) * 3 + OWN_OCTETS;
  if (edits.first !== undefined) most += mostOfLines(edits.first);
  if (edits.last !== undefined) most += mostOfLines(edits.last);
  for (const change of changes) most += change.text.length * 3;
  if (body !== undefined) most += body.length;
  // A start line that is written anew may be of octets that are no UTF-8 as well.
  if (!usualStart) most += (index.start(0) - start) * 2;
  // A line end put right adds octets to its line, and an octet that is no UTF-8 becomes three.
  return index.strictLineEnds ? most : most + (bodyEnd - bodyStart) + bodyStart * 3 + index.count * 4;
}

function mostOfLines(list: readonly HeaderLine[]): number {
  let most = 0;
  for (const [name, value] of list) most += (name.length + value.length) * 3 + 4;
  return most;
}

function writeStartLine(message: SipMessage, edits: MessageEdits): void {
  const { octets } = message;
  if (message.kind === 'response') {
    if (octets.usualStart) SLAB.copy(octets.bytes, octets.start, octets.index.start(0));
    else SLAB.text(`SIP/2.0 ${message.status} ${message.reason}\r\n`);
  } else if (octets.usualStart && edits.uri === undefined) {
    SLAB.copy(octets.bytes, octets.start, octets.index.start(0));
  } else SLAB.text(`${message.method} ${oneLine(edits.uri ?? message.uriText)} SIP/2.0\r\n`);
}

/** Runs between the changes, up to `end`. */
function copyLines(index: HeaderIndex, changes: readonly Change[], end: number): void {
  const { bytes } = index;
  let from = index.start(0);
  for (const change of changes) {
    SLAB.copy(bytes, from, change.from).text(change.text);
    from = change.to;
  }
  SLAB.copy(bytes, from, end);
}

/** Lines whose ends are put right. */
function rewrite(index: HeaderIndex, changes: readonly Change[]): void {
  let line = 0;
  const upTo = (end: number): void => {
    for (; line < end; line++) {
      if (isOneLine(index, line)) SLAB.copy(index.bytes, index.start(line), index.end(line)).octets(CR, LF);
      else SLAB.line(index.name(line), index.value(line));
    }
  };
  for (const change of changes) {
    upTo(change.line);
    SLAB.text(change.text);
    if (change.to > change.from) line = change.line + 1;
  }
  upTo(index.count);
}

/** Whether a line is without folds: its octets can stay, whatever they are. */
function isOneLine(index: HeaderIndex, line: number): boolean {
  const { bytes } = index;
  const end = index.end(line);
  for (let at = index.start(line); at < end; at++) if (bytes[at] === LF) return false;
  return true;
}

function writeLines(list: readonly HeaderLine[]): void {
  for (const [name, value] of list) SLAB.line(oneLine(name), oneLine(value));
}

const LF = 10;
const CR = 13;
