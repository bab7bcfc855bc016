import { LENGTH_OCTETS, buildResponse, oneLine, textOf, writeRest } from './build-message.js';
import type { HeaderLine } from './build-message.js';
import { CALL_ID, CSEQ, FROM, TO, VIA } from './header-names.js';
import { OctetSlab } from './octet-slab.js';
import { reasonPhrase } from './reason-phrases.js';
import type { SipRequest } from './sip-message.js';

/** Where a request came from, for a Via that asks for it (RFC 3581 §4). */
export interface ViaMark {
  /** Where the value of `rport` goes, counted from where the line's value begins. */
  readonly openPort: number;
  readonly port: number;
  readonly address: string;
}

/** What a response has beside what it copies from its request. */
export interface ReplyParts {
  readonly status: number;
  /** The registered phrase when left out. */
  readonly reason?: string | undefined;
  /** The first Via line as it is to be (RFC 3261 §18.2.1), or what is put into it; undefined leaves it as it came. */
  readonly via?: string | ViaMark | undefined;
  /** Put behind To, where it has none (§8.2.6.2). */
  readonly toTag?: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
}

/** Built responses lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();
/** Names and separators, and what is put into a Via, with room. */
const OWN_OCTETS = 256;
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
  const { status, reason, via, toTag, headers, body } = parts;
  const text = textOf('', headers);
  const copied = index.linesEnd + index.count * GROWTH_OF_A_LINE;
  SLAB.begin(copied + OWN_OCTETS + LENGTH_OCTETS + mostOctets(parts, text.length));
  SLAB.text(`SIP/2.0 ${status} ${reason === undefined ? reasonPhrase(status) : oneLine(reason)}\r\n`);
  let line = index.first(VIA);
  if (via !== undefined && line >= 0) {
    if (typeof via === 'string') SLAB.line('Via', oneLine(via));
    else copyMarked(request, line, via);
    line = nextVia(request, line);
  }
  for (; line >= 0; line = nextVia(request, line)) copyValue(request, 'Via: ', line).octets(CR, LF);
  copyValue(request, 'From: ', index.first(FROM)).octets(CR, LF);
  copyValue(request, 'To: ', index.first(TO));
  if (toTag !== undefined) SLAB.text(';tag=').text(oneLine(toTag));
  SLAB.octets(CR, LF);
  copyValue(request, 'Call-ID: ', index.first(CALL_ID)).octets(CR, LF);
  copyValue(request, 'CSeq: ', index.first(CSEQ)).octets(CR, LF);
  return writeRest(SLAB, { startLine: '', headers, text, body }).finish();
}

/** The Via line `line` with `=port` and `;received=address` put in, as octets. */
function copyMarked(
  { octets: { index, bytes } }: SipRequest,
  line: number,
  { openPort, port, address }: ViaMark,
): void {
  const from = index.offset(line);
  SLAB.text('Via: ')
    .copy(bytes, from, from + openPort)
    .text('=')
    .text(String(port));
  SLAB.copy(bytes, from + openPort, index.end(line))
    .text(';received=')
    .text(address)
    .octets(CR, LF);
}

function nextVia({ octets: { index } }: SipRequest, line: number): number {
  return index.isRepeated(VIA) ? index.findId(VIA, line + 1) : -1;
}

/** @param line below zero where the request has none */
function copyValue({ octets: { index, bytes } }: SipRequest, name: string, line: number): OctetSlab {
  SLAB.text(name);
  return line < 0 ? SLAB : SLAB.copy(bytes, index.offset(line), index.end(line));
}

/** @param characters of the header lines */
function mostOctets({ reason = '', via, toTag = '', body }: ReplyParts, characters: number): number {
  const own = reason.length + toTag.length + (typeof via === 'string' ? via.length : 0);
  const isText = typeof body === 'string';
  return (own + characters + (isText ? body.length : 0)) * MOST_OCTETS + (isText ? 0 : (body?.length ?? 0));
}

function buildFromTexts(request: SipRequest, { via: marked, toTag, ...parts }: ReplyParts): Buffer {
  const to = request.header('To') ?? '';
  const via = typeof marked === 'object' ? markedText(request.header('Via') ?? '', marked) : marked;
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

/** A Via line marked as {@link ViaMark} says. */
export function markedText(line: string, { openPort, port, address }: ViaMark): string {
  return `${line.slice(0, openPort)}=${port}${line.slice(openPort)};received=${address}`;
}
