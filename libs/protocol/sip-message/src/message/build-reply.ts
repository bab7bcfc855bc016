import { buildResponse, oneLine } from './build-message.js';
import type { HeaderLine } from './build-message.js';
import { CALL_ID, CSEQ, FROM, TO, VIA } from './header-names.js';
import { OctetSlab } from './octet-slab.js';
import { reasonPhrase } from './reason-phrases.js';
import type { SipRequest } from './sip-message.js';

/** What a response has beside what it copies from its request. */
export interface ReplyParts {
  readonly status: number;
  /** The registered phrase when left out. */
  readonly reason?: string | undefined;
  /** The first Via line as it is to be (RFC 3261 §18.2.1); undefined leaves it as it came. */
  readonly via?: string | undefined;
  /** Put behind To, where it has none (§8.2.6.2). */
  readonly toTag?: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
}

/** Built responses lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();
/** Names, separators and Content-Length, with room. */
const OWN_OCTETS = 192;
/** Colon, blank, CR and LF. */
const AROUND_A_LINE = 4;
/** What a copied line grows by: `v:` becomes `Via: `, and LF alone CR and LF. What grows more is there once. */
const GROWTH_OF_A_LINE = 4;
/** A character takes three octets at most. */
const MOST_OCTETS = 3;

const CR = 13;
const LF = 10;

/**
 * A response's octets. Via, From, To, Call-ID and CSeq go over from its request as octets (RFC 3261 §8.2.6.2): no text is
 * made of them. Content-Length is added.
 */
export function buildReply(request: SipRequest, parts: ReplyParts): Buffer {
  const { index } = request.octets;
  // Folds and what is not ASCII are put right by way of texts.
  if (!index.isPlain) return buildFromTexts(request, parts);
  const { status, via, toTag, headers, body } = parts;
  const copied = index.linesEnd + index.count * GROWTH_OF_A_LINE;
  SLAB.begin(mostOctets(copied, parts)).text(startLineOf(status, parts.reason));
  let line = index.first(VIA);
  if (via !== undefined && line >= 0) {
    SLAB.line('Via', oneLine(via));
    line = nextVia(request, line);
  }
  for (; line >= 0; line = nextVia(request, line)) copyValue(request, 'Via: ', line).octets(CR, LF);
  copyValue(request, 'From: ', index.first(FROM)).octets(CR, LF);
  copyValue(request, 'To: ', index.first(TO));
  if (toTag !== undefined) SLAB.text(';tag=').text(oneLine(toTag));
  SLAB.octets(CR, LF);
  copyValue(request, 'Call-ID: ', index.first(CALL_ID)).octets(CR, LF);
  copyValue(request, 'CSeq: ', index.first(CSEQ)).octets(CR, LF);
  for (const [name, value] of headers) SLAB.line(oneLine(name), oneLine(value));
  if (body === undefined) return SLAB.text('Content-Length: 0').text('\r\n\r\n').finish();
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  SLAB.line('Content-Length', String(length)).octets(CR, LF);
  return (typeof body === 'string' ? SLAB.text(body) : SLAB.copy(body, 0, length)).finish();
}

function nextVia({ octets: { index } }: SipRequest, line: number): number {
  return index.isRepeated(VIA) ? index.findId(VIA, line + 1) : -1;
}

/** @param line below zero where the request has none */
function copyValue({ octets: { index, bytes } }: SipRequest, name: string, line: number): OctetSlab {
  SLAB.text(name);
  return line < 0 ? SLAB : SLAB.copy(bytes, index.offset(line), index.end(line));
}

function mostOctets(copied: number, { reason, via, toTag, headers, body }: ReplyParts): number {
  let characters = (reason?.length ?? 0) + (via?.length ?? 0) + (toTag?.length ?? 0);
  for (const [name, value] of headers) characters += name.length + value.length;
  if (typeof body === 'string') characters += body.length;
  const octets = typeof body === 'string' ? 0 : (body?.length ?? 0);
  return copied + OWN_OCTETS + characters * MOST_OCTETS + headers.length * AROUND_A_LINE + octets;
}

function startLineOf(status: number, reason: string | undefined): string {
  return `SIP/2.0 ${status} ${oneLine(reason ?? reasonPhrase(status))}\r\n`;
}

function buildFromTexts(request: SipRequest, { via, toTag, ...parts }: ReplyParts): Buffer {
  const to = request.header('To') ?? '';
  return buildResponse({
    ...parts,
    headers: [
      ...request.headers('Via').map((line, at): HeaderLine => ['Via', at === 0 ? (via ?? line) : line]),
      ['From', request.header('From') ?? ''],
      ['To', toTag === undefined ? to : `${to};tag=${toTag}`],
      ['Call-ID', request.callId ?? ''],
      ['CSeq', request.header('CSeq') ?? ''],
      ...parts.headers,
    ],
  });
}
