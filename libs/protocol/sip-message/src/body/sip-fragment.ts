import type { HeaderLine } from '../message/build-message.js';
import { parseStartLine } from '../message/parse-start-line.js';
import type { Entity } from './header-block.js';
import { buildEntity, parseEntity } from './header-block.js';

/** message/sipfrag: as much of a message as its sender cares to show (RFC 3420 §2), as NOTIFYs of a REFER do. */
export interface SipFragment extends Entity {
  readonly start:
    | { readonly kind: 'request'; readonly method: string; readonly uri: string }
    | { readonly kind: 'response'; readonly status: number; readonly reason: string }
    /** A fragment may begin with a header. */
    | undefined;
}

/** @returns undefined when malformed */
export function parseSipFragment(bytes: Buffer): SipFragment | undefined {
  const lineEnd = bytes.indexOf('\n');
  const text = bytes.toString('utf8', 0, lineEnd < 0 ? bytes.length : lineEnd).replace(/\r$/, '');
  // A header line would have a colon behind its first word.
  if (/^[^\s:]+[ \t]*:/.test(text)) {
    const entity = parseWhole(bytes, 0);
    return entity && { ...entity, start: undefined };
  }
  const line = parseStartLine(text);
  if (line.kind === 'malformed') return undefined;
  const entity = lineEnd < 0 ? { headers: [], body: bytes.subarray(bytes.length) } : parseWhole(bytes, lineEnd + 1);
  if (entity === undefined) return undefined;
  return line.kind === 'request'
    ? { ...entity, start: { kind: 'request', method: line.method, uri: text.slice(line.uriStart, line.uriEnd) } }
    : {
        ...entity,
        start: { kind: 'response', status: line.status, reason: text.slice(line.reasonStart, line.reasonEnd) },
      };
}

/** Unlike a message's, a fragment's last line may go without its line end. */
function parseWhole(bytes: Buffer, from: number): Entity | undefined {
  if (from >= bytes.length) return { headers: [], body: bytes.subarray(bytes.length) };
  return parseEntity(bytes, from) ?? parseEntity(Buffer.concat([bytes.subarray(from), Buffer.from('\r\n')]));
}

export function buildSipFragment(fragment: {
  start?: SipFragment['start'];
  headers?: readonly HeaderLine[];
  body?: string | Uint8Array | undefined;
}): Buffer {
  const { start, headers = [], body } = fragment;
  let line = '';
  if (start?.kind === 'request') line = `${start.method} ${start.uri} SIP/2.0\r\n`;
  else if (start?.kind === 'response') line = `SIP/2.0 ${start.status} ${start.reason.replace(/[\r\n]+/g, ' ')}\r\n`;
  const rest = buildEntity({ headers, body: body ?? '' });
  // Without a body the empty line goes too.
  return Buffer.concat([Buffer.from(line, 'utf8'), body === undefined ? rest.subarray(0, -2) : rest]);
}
