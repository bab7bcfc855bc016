import './buffer-slices.js';
import { COLON, CR, LF, SPACE, TAB, isToken, isTokenOctet, parseDecimal } from '../values/characters.js';
import { HeaderIndex } from './header-index.js';
import { CONTENT_LENGTH, identifyHeader } from './header-names.js';
import { DEFAULT_MESSAGE_LIMITS } from './message-limits.js';
import type { MessageLimits } from './message-limits.js';
import type { Malformed, MalformedCode, ParseResult } from './parse-result.js';
import { SipRequest, SipResponse } from './sip-message.js';

export interface ParseOptions {
  /** `datagram` (UDP, WebSocket): the input is one message. `stream` (TCP): Content-Length frames it (RFC 3261 §18.3). */
  framing: 'datagram' | 'stream';
  limits?: MessageLimits;
}

const DATAGRAM: ParseOptions = { framing: 'datagram' };

/**
 * Octets to a message, never throwing. Only the start line and the places of the headers are worked out;
 * values are parsed when they are read.
 */
export function parseMessage(input: Uint8Array, options: ParseOptions = DATAGRAM): ParseResult {
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const limits = options.limits ?? DEFAULT_MESSAGE_LIMITS;
  const stream = options.framing === 'stream';
  let start = 0;
  // Empty lines before the start line are keep-alives (§7.5).
  while (start < bytes.length && (bytes[start] === CR || bytes[start] === LF)) start++;
  const lineEnd = bytes.indexOf(LF, start);
  if (lineEnd < 0 || lineEnd - start > limits.maxHeadBytes) {
    if (bytes.length - start > limits.maxHeadBytes) return malformed('HEAD_TOO_LARGE', start, 'Start line too long');
    return stream ? { ok: false, incomplete: true, needed: 0 } : malformed('START_LINE', start, 'No start line');
  }
  const line = bytes.latin1Slice(start, bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
  const index = new HeaderIndex(bytes);
  const head = scanHead(bytes, lineEnd + 1, { index, limits, stream });
  const unfinished = head.error === 'HEAD_UNFINISHED';
  if (unfinished && stream) return { ok: false, incomplete: true, needed: 0 };

  const makeMessage = startLine(line, bytes, start, index);
  if ('malformed' in makeMessage) return makeMessage;
  const fail = (code: MalformedCode, offset: number, detail: string): Malformed => {
    const request = makeMessage.build(EMPTY);
    return request.kind === 'request'
      ? { ok: false, malformed: code, offset, detail, request }
      : { ok: false, malformed: code, offset, detail };
  };
  if (head.error !== undefined) return fail(head.error, head.end, head.detail);

  const available = bytes.length - head.end;
  const declared = contentLength(index);
  if (declared === 'malformed') return fail('CONTENT_LENGTH', head.end, 'Bad Content-Length');
  if (declared === undefined && stream) return fail('CONTENT_LENGTH_MISSING', head.end, 'Content-Length needed');
  const bodyLength = declared ?? available;
  if (bodyLength > limits.maxBodyBytes && (stream || bodyLength <= available)) {
    return fail('BODY_TOO_LARGE', head.end, 'Body too large');
  }
  if (bodyLength > available) {
    return stream
      ? { ok: false, incomplete: true, needed: head.end + bodyLength }
      : fail('BODY_SHORT', head.end, 'Body shorter than Content-Length');
  }
  const end = head.end + bodyLength;
  return { ok: true, message: makeMessage.build(bytes.subarray(head.end, end)), length: end };
}

const EMPTY = Buffer.alloc(0);

interface Head {
  /** First octet of the body, or where the error is. */
  end: number;
  error: MalformedCode | undefined;
  detail: string;
}

/** Walks the header lines up to the empty line and notes where each lies. */
function scanHead(
  bytes: Buffer,
  from: number,
  into: { index: HeaderIndex; limits: MessageLimits; stream: boolean },
): Head {
  const { index, limits } = into;
  const end = Math.min(bytes.length, from + limits.maxHeadBytes);
  let at = from;
  let seen = 0;
  while (at < end) {
    const octet = bytes[at] ?? 0;
    if (octet === LF) return finish(at + 1);
    if (octet === CR && bytes[at + 1] === LF) return finish(at + 2);
    if (index.count >= limits.maxHeaders) return { end: at, error: 'TOO_MANY_HEADERS', detail: 'Too many headers' };

    const nameStart = at;
    while (at < end && isTokenOctet(bytes[at] ?? 0)) at++;
    const nameEnd = at;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    if (at >= end) break;
    if (nameEnd === nameStart || bytes[at] !== COLON) {
      return { end: nameStart, error: 'HEADER_LINE', detail: 'Header line without a name' };
    }
    at++;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    const valueStart = at;
    // A line that begins with white space goes on with the value before it.
    for (;;) {
      while (at < end) {
        const current = bytes[at] ?? 0;
        if (current === LF) break;
        seen |= current;
        at++;
      }
      if (at >= end) break;
      const next = bytes[at + 1];
      if (next !== SPACE && next !== TAB) break;
      at++;
    }
    if (at >= end) break;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] ?? 0) <= SPACE) valueEnd--;
    index.add(identifyHeader(bytes, nameStart, nameEnd), nameStart, nameEnd, Math.min(valueStart, valueEnd), valueEnd);
    at++;
  }
  index.ascii = seen < 128;
  // Some senders of datagrams leave the empty line out when there is no body (as RFC 5118 §4.10 prints it).
  if (!into.stream && at === bytes.length && bytes[at - 1] === LF) return finish(at);
  return end < bytes.length
    ? { end, error: 'HEAD_TOO_LARGE', detail: 'Headers too large' }
    : { end, error: 'HEAD_UNFINISHED', detail: 'Headers not finished' };

  function finish(bodyStart: number): Head {
    index.ascii = seen < 128;
    return { end: bodyStart, error: undefined, detail: '' };
  }
}

interface MessageBuilder {
  build(body: Buffer): SipRequest | SipResponse;
}

function startLine(line: string, bytes: Buffer, start: number, index: HeaderIndex): MessageBuilder | Malformed {
  if (line.startsWith('SIP/') && !/^SIP\/[^ ]* sips?:/i.test(line)) {
    const status = /^SIP\/2\.0 (\d{3})(?: (.*))?$/is.exec(line);
    const code = Number(status?.[1]);
    if (status === null || code < 100 || code > 699) return malformed('STATUS_CODE', start, 'Bad status line');
    const reason = status[2] ?? '';
    const text = /[\u0080-\u00ff]/.test(reason) ? Buffer.from(reason, 'latin1').toString('utf8') : reason;
    return { build: (body) => new SipResponse({ bytes, index, body }, { status: code, reason: text }) };
  }
  const methodEnd = line.indexOf(' ');
  const versionAt = line.lastIndexOf(' SIP/');
  if (methodEnd < 0 || versionAt <= methodEnd) return malformed('START_LINE', start, 'Bad request line');
  const method = line.slice(0, methodEnd);
  const uri = line.slice(methodEnd + 1, versionAt);
  const version = line.slice(versionAt + 1);
  if (!isToken(method) || !/^SIP\/\d+\.\d+ *$/i.test(version))
    return malformed('START_LINE', start, 'Bad request line');
  return {
    build: (body) => new SipRequest({ bytes, index, body }, { method, uriText: uri.trim(), version: version.trim() }),
  };
}

/** Several different Content-Length headers are an attack or a mistake, never a choice (RFC 4475 §3.3.9). */
function contentLength(index: HeaderIndex): number | undefined | 'malformed' {
  const line = index.findId(CONTENT_LENGTH);
  if (line < 0) return undefined;
  const value = parseDecimal(index.value(line), 2 ** 31 - 1);
  if (value === undefined || index.findId(CONTENT_LENGTH, line + 1) >= 0) return 'malformed';
  return value;
}

function malformed(code: MalformedCode, offset: number, detail: string): Malformed {
  return { ok: false, malformed: code, offset, detail };
}
