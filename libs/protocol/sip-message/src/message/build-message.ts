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
export function buildRequest(parts: RequestParts): Buffer {
  return assemble(`${oneLine(parts.method)} ${oneLine(parts.uri)} SIP/2.0\r\n`, parts.headers, parts.body);
}

/** A response's octets; Content-Length is added. */
export function buildResponse(parts: ResponseParts): Buffer {
  const reason = oneLine(parts.reason ?? reasonPhrase(parts.status));
  return assemble(`SIP/2.0 ${parts.status} ${reason}\r\n`, parts.headers, parts.body);
}

/** Built messages lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();

function assemble(startLine: string, headers: readonly HeaderLine[], body: string | Uint8Array | undefined): Buffer {
  let text = startLine;
  for (const [name, value] of headers) text += `${oneLine(name)}: ${oneLine(value)}\r\n`;
  if (body === undefined) return whole(`${text}Content-Length: 0\r\n\r\n`);
  if (typeof body === 'string') return whole(`${text}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  text += `Content-Length: ${body.length}\r\n\r\n`;
  return SLAB.begin(text.length * 3 + body.length)
    .text(text)
    .copy(body, 0, body.length)
    .finish();
}

function whole(text: string): Buffer {
  return SLAB.begin(text.length * 3)
    .text(text)
    .finish();
}

/** A line break in a value would let it smuggle in headers of its own. */
export function oneLine(value: string): string {
  return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+/g, ' ') : value;
}
