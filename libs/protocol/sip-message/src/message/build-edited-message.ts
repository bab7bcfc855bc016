import type { HeaderLine } from './build-message.js';
import { oneLine } from './build-message.js';
import { linesInFront, linesLeftOut, maxForwardsInPlace, textOfLines } from './changed-lines.js';
import type { HeaderIndex } from './header-index.js';
import type { MessageOctets } from './message-octets.js';
import { OctetSlab } from './octet-slab.js';
import type { BranchedVia } from './own-via.js';
import type { SipMessage } from './sip-message.js';

/**
 * What changes in a message that goes on (RFC 3261 §16.6, §16.7); everything else is copied as it came. What is new stands in
 * front: the order of lines counts only among those of one name (§7.3.1).
 */
export interface MessageEdits {
  /** New Request-URI; counts for requests only. */
  readonly uri?: string | undefined;
  /** Our Via (§16.6 item 8), and what always comes with it. */
  readonly via?: BranchedVia | undefined;
  /** Lines behind it, in front of all that came: our Record-Route. */
  readonly first?: readonly HeaderLine[] | undefined;
  /** The first Via line that came, marked (§18.2.1). */
  readonly topVia?: string | undefined;
  /** New Max-Forwards (§16.6 item 3). */
  readonly maxForwards?: number | undefined;
  /** Headers whose first value goes: the top Via of a response, a Route that was reached. */
  readonly dropFirst?: readonly string[] | undefined;
  /** New values, one line each, in place of all lines of that name. No value takes the header out. */
  readonly set?: readonly (readonly [name: string, values: readonly string[]])[] | undefined;
  /** Lines behind all others. */
  readonly last?: readonly HeaderLine[] | undefined;
}

/** What stands in front of the lines that came. */
interface Front {
  /** Empty: the start line stays as it is. */
  readonly startLine: string;
  readonly via: BranchedVia | undefined;
  readonly lines: string;
  /** Where Max-Forwards is written over, or -1. */
  readonly digitsAt: number;
  readonly maxForwards: number;
}

/** Built messages lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();
/** Content-Length with its value, and the empty line. */
const OWN_OCTETS = 64;

/**
 * A received message with these changes, as octets. Untouched lines and the body are copied in ranges, never parsed or
 * written anew; only line ends that are not CR LF are put right, and a missing Content-Length is added.
 */
export function buildEditedMessage(message: SipMessage, edits: MessageEdits): Buffer {
  const { octets } = message;
  const { index } = octets;
  const { via, maxForwards = 0 } = edits;
  const digitsAt = maxForwardsInPlace(index, edits.maxForwards);
  const leftOut = linesLeftOut(index, edits, digitsAt);
  const lines = linesInFront(index, edits, digitsAt);
  const front: Front = { startLine: startLineOf(message, edits.uri), via, lines, digitsAt, maxForwards };
  const isFrontAlone = leftOut.length === 0 || (leftOut.length === 1 && leftOut[0] === 0);
  const quick = isFrontAlone && edits.last === undefined ? buildInOnePiece(octets, front, leftOut.length) : undefined;
  return quick ?? buildFromRuns(octets, front, { leftOut, last: edits.last });
}

/** @returns nothing where it may stay as it came */
function startLineOf(message: SipMessage, uri: string | undefined): string {
  const { usualStart } = message.octets;
  if (message.kind === 'response') return usualStart ? '' : `SIP/2.0 ${message.status} ${oneLine(message.reason)}\r\n`;
  return usualStart && uri === undefined ? '' : `${message.method} ${oneLine(uri ?? message.uriText)} SIP/2.0\r\n`;
}

/**
 * A whole message whose changes are all in front, but for Max-Forwards in place: one copy with room for them. A call out of
 * JavaScript costs as much as copying some hundred octets.
 * @param leftOut how many of its first lines do not go on
 * @returns undefined when there is more to do
 */
function buildInOnePiece(octets: MessageOctets, front: Front, leftOut: number): Buffer | undefined {
  const { index, bytes } = octets;
  if (!isWhole(octets)) return undefined;
  const { startLine, via, lines, digitsAt } = front;
  const from = index.start(leftOut);
  const kept = startLine === '' ? index.start(0) : 0;
  const isViaAlone = via !== undefined && startLine === '' && lines === '';
  const text = isViaAlone ? '' : textOfFront(front);
  const length = kept + (isViaAlone ? via.own.length + via.branch.length : text.length);
  SLAB.begin(length + bytes.length);
  const at = SLAB.copyBehind(bytes, from, { length, kept });
  if (isViaAlone ? !SLAB.putVia(at + kept, via) : !SLAB.putText(at + kept, text)) return undefined;
  if (digitsAt >= 0) SLAB.twoDigits(at + length + digitsAt - from, front.maxForwards);
  return SLAB.finish();
}

function textOfFront({ startLine, via, lines }: Front): string {
  return startLine + (via === undefined ? '' : via.own.lines(via.branch)) + lines;
}

/** Whether nothing but the message lies in its octets, and it is as it must be. */
function isWhole({ index, bytes, start, bodyEnd, declared }: MessageOctets): boolean {
  return declared && index.strictLineEnds && start === 0 && bodyEnd === bytes.length;
}

function buildFromRuns(
  octets: MessageOctets,
  front: Front,
  { leftOut, last }: { leftOut: readonly number[]; last: readonly HeaderLine[] | undefined },
): Buffer {
  const { index, bytes, start, bodyStart, bodyEnd, declared } = octets;
  const text = textOfFront(front);
  const back = last === undefined ? '' : textOfLines(last);
  SLAB.begin(mostOctets(octets, text.length + back.length));
  if (front.startLine === '') SLAB.copy(bytes, start, index.start(0));
  SLAB.text(text);
  // Behind the last change, head and body go on in one piece.
  const whole = index.strictLineEnds && declared && last === undefined;
  if (index.strictLineEnds) copyRuns(index, leftOut, { end: whole ? bodyEnd : index.linesEnd, front });
  else rewrite(index, leftOut);
  if (whole) return SLAB.finish();
  SLAB.text(back);
  if (!declared) SLAB.line('Content-Length', String(bodyEnd - bodyStart));
  return SLAB.octets(CR, LF).copy(bytes, bodyStart, bodyEnd).finish();
}

/** No more than this is written: room for each character as three octets, and for line ends put right. */
function mostOctets({ index, bytes, start, bodyStart, bodyEnd }: MessageOctets, characters: number): number {
  const most = bytes.length - start + characters * 3 + OWN_OCTETS;
  // A line end put right adds octets to its line, and an octet that is no UTF-8 becomes three.
  return index.strictLineEnds ? most : most + (bodyEnd - bodyStart) + bodyStart * 3 + index.count * 4;
}

/** What is between the lines that are left out, up to `end`. */
function copyRuns(index: HeaderIndex, leftOut: readonly number[], to: { end: number; front: Front }): void {
  let from = index.start(0);
  for (const line of leftOut) {
    copyRun(index.bytes, from, { end: index.start(line), front: to.front });
    from = index.start(line + 1);
  }
  copyRun(index.bytes, from, to);
}

function copyRun(bytes: Buffer, from: number, { end, front }: { end: number; front: Front }): void {
  const { digitsAt, maxForwards } = front;
  const at = SLAB.position;
  SLAB.copy(bytes, from, end);
  if (digitsAt >= from && digitsAt < end) SLAB.twoDigits(at + digitsAt - from, maxForwards);
}

/** Lines whose ends are put right. */
function rewrite(index: HeaderIndex, leftOut: readonly number[]): void {
  for (let line = 0; line < index.count; line++) {
    if (leftOut.includes(line)) continue;
    if (isOneLine(index, line)) SLAB.copy(index.bytes, index.start(line), index.end(line)).octets(CR, LF);
    else SLAB.line(index.name(line), index.value(line));
  }
}

/** Whether a line is without folds: its octets can stay, whatever they are. */
function isOneLine(index: HeaderIndex, line: number): boolean {
  const { bytes } = index;
  const end = index.end(line);
  for (let at = index.start(line); at < end; at++) if (bytes[at] === LF) return false;
  return true;
}

const LF = 10;
const CR = 13;
