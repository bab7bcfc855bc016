import { OctetSlab } from './octet-slab.js';
import { reasonPhrase } from './reason-phrases.js';

/** One header line; name and value are written as they are, with CR and LF neutralised. */
export type HeaderLine = readonly [name: string, value: string];

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
}

export interface ResponseParts {
  readonly status: number;
  /** The registered phrase when left out. */
  readonly reason?: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
}

/** A request's octets; Content-Length is added. */
export function buildRequest({ method, uri, headers, body }: RequestParts): Buffer {
  return assemble(`${method} ${uri} SIP/2.0\r\n`, headers, body);
}

/** A response's octets; Content-Length is added. */
export function buildResponse({ status, reason, headers, body }: ResponseParts): Buffer {
  return assemble(`SIP/2.0 ${status} ${reason ?? reasonPhrase(status)}\r\n`, headers, body);
}

/** Built messages lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();

function assemble(startLine: string, headers: readonly HeaderLine[], body: string | Uint8Array | undefined): Buffer {
  const text = textOf(startLine, headers);
  const most = (text.length + (typeof body === 'string' ? body.length : 0) + LENGTH_OCTETS) * 3;
  SLAB.begin(most + (body instanceof Uint8Array ? body.length : 0));
  return writeRest(SLAB, { startLine, headers, text, body }).finish();
}

/** Content-Length with its value, and the empty line. */
export const LENGTH_OCTETS = 40;

/** What is behind the lines that are known to be good. */
export interface RestOfMessage {
  readonly startLine: string;
  readonly headers: readonly HeaderLine[];
  /** Both, by {@link textOf}. */
  readonly text: string;
  readonly body: string | Uint8Array | undefined;
}

/** Lines as they are: whether one of them brings a line break of its own is seen once they are octets. */
export function textOf(startLine: string, headers: readonly HeaderLine[]): string {
  let text = startLine;
  for (const line of headers) text += `${line[0]}: ${line[1]}\r\n`;
  return text;
}

/**
 * Writes lines, Content-Length and body in one piece. A line break in a value would let it smuggle in headers of its own: then
 * there are more line ends than lines, and all of them are written again.
 */
export function writeRest(slab: OctetSlab, { startLine, headers, text, body }: RestOfMessage): OctetSlab {
  const from = slab.position;
  const end = endOf(body);
  const lines = headers.length + (startLine === '' ? 0 : 1);
  slab.text(text + end);
  const isAscii = slab.position - from === text.length + end.length;
  if (!isAscii || slab.controls(from, from + text.length) !== lines * 2) {
    const clean = headers.map(([name, value]): HeaderLine => [oneLine(name), oneLine(value)]);
    const first = startLine === '' ? '' : `${oneLine(startLine.slice(0, -2))}\r\n`;
    slab.rewind(from).text(textOf(first, clean) + end);
  }
  return body instanceof Uint8Array ? slab.copy(body, 0, body.length) : slab;
}

function endOf(body: string | Uint8Array | undefined): string {
  if (body === undefined) return 'Content-Length: 0\r\n\r\n';
  if (typeof body !== 'string') return `Content-Length: ${body.length}\r\n\r\n`;
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A line break in a value would let it smuggle in headers of its own. */
export function oneLine(value: string): string {
  return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+/g, ' ') : value;
}
