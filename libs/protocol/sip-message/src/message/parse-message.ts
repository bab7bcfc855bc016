import './buffer-slices.js';
import { CR, LF, SPACE, TAB } from '../values/characters.js';
import { LARGEST_HEAD, copiedEnd, copyHead } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';
import { CONTENT_LENGTH } from './header-names.js';
import { DEFAULT_MESSAGE_LIMITS } from './message-limits.js';
import type { MessageLimits } from './message-limits.js';
import { needsContentLength } from './needs-content-length.js';
import { parseStartLine } from './parse-start-line.js';
import type { RequestLine, StatusLine } from './parse-start-line.js';
import type { Malformed, MalformedCode, ParseResult } from './parse-result.js';
import { readStartLine, startLineLength } from './read-start-line.js';
import { scanHead } from './scan-head.js';
import { SipRequest, SipResponse } from './sip-message.js';
import type { MessageOctets } from './message-octets.js';

export interface ParseOptions {
  /** `datagram` (UDP, WebSocket): the input is one message. `stream` (TCP): Content-Length frames it (RFC 3261 §18.3). */
  framing: 'datagram' | 'stream';
  limits?: MessageLimits;
}

const DATAGRAM: ParseOptions = { framing: 'datagram' };

// Taken once: the global is a getter, and is asked each time.
const { isBuffer } = Buffer;

/**
 * Octets to a message, never throwing. Only the start line and the places of the headers are worked out;
 * values are parsed when they are read.
 */
export function parseMessage(input: Uint8Array, options: ParseOptions = DATAGRAM): ParseResult {
  const bytes = isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const limits = withinReach(options.limits ?? DEFAULT_MESSAGE_LIMITS);
  const stream = options.framing === 'stream';
  let start = 0;
  // Empty lines before the start line are keep-alives (§7.5).
  while (start < bytes.length && (bytes[start] === CR || bytes[start] === LF)) start++;
  const copied = copiedEnd(bytes, start);
  const base = copyHead(bytes, start, copied);
  let startLine: StartLine | undefined = readStartLine(start - base, limitedEnd(bytes, start, limits) - base);
  const usual = startLine !== undefined;
  let lineEnd: number;
  let textEnd = start;
  let strict = true;
  if (startLine === undefined) {
    lineEnd = endOfLine(bytes, start, limits);
    if (lineEnd < 0) return noStartLine(bytes, start, { limits, stream });
    textEnd = lineEnd;
    while (textEnd > start && bytes[textEnd - 1] === CR) textEnd--;
    // Blanks in front, of who wrote an indented text.
    while (start < textEnd && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
    strict = lineEnd - textEnd === 1;
  } else lineEnd = start + startLineLength(startLine) - 1;
  const head = scanHead(bytes, lineEnd + 1 - base, { base, length: copied - base, limits, stream, strict });
  const { index } = head;
  if (stream && head.error === 'HEAD_UNFINISHED') return { ok: false, incomplete: true, needed: 0 };

  startLine ??= parseStartLine(bytes.latin1Slice(start, textEnd));
  if (startLine.kind === 'malformed') return malformed(startLine.code, start, startLine.detail);
  const octets = { bytes, index, start, usualStart: usual, bodyStart: head.end, bodyEnd: head.end, declared: false };
  const declared = contentLength(index);
  octets.declared = declared !== undefined;
  if (head.error !== undefined) return failed(startLine, octets, head.error);
  // Who ends lines at CR LF alone sees another end of this head, and other messages behind it.
  if (stream && !index.strictLineEnds && bytes.subarray(start, head.end).includes(CR)) {
    return failed(startLine, octets, 'LINE_ENDS');
  }

  const available = bytes.length - head.end;
  if (declared === 'malformed') return failed(startLine, octets, 'CONTENT_LENGTH');
  if (declared === undefined && stream && needsContentLength(startLine, index)) {
    return failed(startLine, octets, 'CONTENT_LENGTH_MISSING');
  }
  const bodyLength = declared ?? (stream ? 0 : available);
  if (bodyLength > limits.maxBodyBytes && (stream || bodyLength <= available)) {
    return failed(startLine, octets, 'BODY_TOO_LARGE');
  }
  if (bodyLength > available) {
    return stream
      ? { ok: false, incomplete: true, needed: head.end + bodyLength }
      : failed(startLine, octets, 'BODY_SHORT');
  }
  octets.bodyEnd += bodyLength;
  const message = startLine.kind === 'request' ? new SipRequest(octets, startLine) : new SipResponse(octets, startLine);
  return { ok: true, message, length: octets.bodyEnd };
}

type StartLine = ReturnType<typeof parseStartLine>;

function withinReach(limits: MessageLimits): MessageLimits {
  return limits.maxHeadBytes <= LARGEST_HEAD ? limits : { ...limits, maxHeadBytes: LARGEST_HEAD };
}

/** The octets that a start line may take end here. */
function limitedEnd(bytes: Buffer, start: number, limits: MessageLimits): number {
  return Math.min(bytes.length, start + limits.maxHeadBytes + 1);
}

/** Where the line feed is, or -1 when there is none in the octets that may be looked at. */
function endOfLine(bytes: Buffer, start: number, limits: MessageLimits): number {
  const end = limitedEnd(bytes, start, limits);
  for (let at = start; at < end; at++) if (bytes[at] === LF) return at;
  return -1;
}

function noStartLine(bytes: Buffer, start: number, options: { limits: MessageLimits; stream: boolean }): ParseResult {
  if (bytes.length - start > options.limits.maxHeadBytes)
    return malformed('HEAD_TOO_LARGE', start, 'Start line too long');
  return options.stream ? { ok: false, incomplete: true, needed: 0 } : malformed('START_LINE', start, 'No start line');
}

/** A few words for the reason phrase of a 400. */
const DETAILS: Readonly<Partial<Record<MalformedCode, string>>> = {
  TOO_MANY_HEADERS: 'Too many headers',
  HEADER_LINE: 'Header line without a name',
  BARE_CR: 'CR without LF',
  HEAD_TOO_LARGE: 'Headers too large',
  HEAD_UNFINISHED: 'Headers not finished',
  LINE_ENDS: 'Mixed line ends',
  CONTENT_LENGTH: 'Bad Content-Length',
  CONTENT_LENGTH_MISSING: 'Content-Length needed',
  BODY_TOO_LARGE: 'Body too large',
  BODY_SHORT: 'Body shorter than Content-Length',
};

/** With the request as far as it was understood, so that it can be answered. */
function failed(startLine: RequestLine | StatusLine, octets: MessageOctets, code: MalformedCode): Malformed {
  const error = malformed(code, octets.bodyStart, DETAILS[code] ?? code);
  return startLine.kind === 'response' ? error : { ...error, request: new SipRequest(octets, startLine) };
}

/** Several different Content-Length headers are an attack or a mistake, never a choice (RFC 4475 §3.3.9). */
function contentLength(index: HeaderIndex): number | undefined | 'malformed' {
  const line = index.first(CONTENT_LENGTH);
  if (line < 0) return undefined;
  if (index.isRepeated(CONTENT_LENGTH)) return 'malformed';
  return index.decimal(line, 2 ** 31 - 1) ?? 'malformed';
}

function malformed(code: MalformedCode, offset: number, detail: string): Malformed {
  return { ok: false, malformed: code, offset, detail };
}
