import { headerId } from '@carillon/sip-message';
import type { HeaderLine, SipRequest } from '@carillon/sip-message';
import type { OctetWriter } from './octet-writer.js';

/** What a proxy changes in a request (RFC 3261 §16.6 items 2–8); everything else is copied octet by octet. */
export interface RequestEdits {
  readonly uri: string;
  /** Our own Via value. */
  readonly via: string;
  /** First Via line of the sender, marked; undefined leaves it as it is. */
  readonly markedVia: string | undefined;
  readonly maxForwards: number;
  readonly maxBreadth: number;
  /** Our Record-Route values, first one on top. */
  readonly recordRoutes: readonly string[];
  /** The whole Route set as name-addrs; undefined leaves it as it is. */
  readonly routes: readonly string[] | undefined;
  readonly add: readonly HeaderLine[];
  /** Names in lower case. */
  readonly remove: ReadonlySet<string>;
}

const VIA = headerId('Via');
const MAX_FORWARDS = headerId('Max-Forwards');
const ROUTE = headerId('Route');
const CONTENT_LENGTH = headerId('Content-Length');
const MAX_BREADTH = 'max-breadth';

/** The request as it goes on. */
export function copyRequest(request: SipRequest, edits: RequestEdits, writer: OctetWriter): Buffer {
  writer.start().ascii(request.method).ascii(' ').text(edits.uri).ascii(' SIP/2.0\r\nVia: ').ascii(edits.via);
  for (const value of edits.recordRoutes) writer.ascii('\r\nRecord-Route: ').ascii(value);
  writer.ascii('\r\n');
  copyLines(request, edits, writer);
  if (edits.routes !== undefined) for (const route of edits.routes) writer.ascii('Route: ').text(route).ascii('\r\n');
  writer.ascii(`Max-Forwards: ${edits.maxForwards}\r\nMax-Breadth: ${edits.maxBreadth}\r\n`);
  for (const [name, value] of edits.add) writer.ascii(name).ascii(': ').text(oneLine(value)).ascii('\r\n');
  const { body } = request;
  // A datagram's body may go without a length, a stream's may not (§18.3).
  if (request.findLine('Content-Length') < 0) writer.ascii(`Content-Length: ${body.length}\r\n`);
  return writer.ascii('\r\n').copy(body, 0, body.length).finish();
}

/** Runs of lines that stay are copied in one piece. */
function copyLines(request: SipRequest, edits: RequestEdits, writer: OctetWriter): void {
  const { bytes, lineCount } = request;
  let start = -1;
  let topVia = true;
  for (let line = 0; line < lineCount; line++) {
    const id = request.lineId(line);
    const marks = id === VIA && topVia && edits.markedVia !== undefined;
    if (id === VIA) topVia = false;
    const from = request.lineStart(line);
    const to = request.lineEnd(line);
    if (marks || !stays(request, line, { id, from, edits })) {
      if (start >= 0) writer.copy(bytes, start, from);
      start = -1;
      if (marks)
        writer
          .ascii('Via: ')
          .text(edits.markedVia ?? '')
          .ascii('\r\n');
      continue;
    }
    if (start < 0) start = from;
    // Anything but a plain CRLF behind the value (a bare LF, trailing space) is written as it should be.
    if (bytes[to] !== CR || bytes[to + 1] !== LF) {
      writer.copy(bytes, start, to).ascii('\r\n');
      start = -1;
    } else if (line === lineCount - 1) writer.copy(bytes, start, to + 2);
  }
}

const CR = 13;
const LF = 10;

function stays(request: SipRequest, line: number, about: { id: number; from: number; edits: RequestEdits }): boolean {
  const { id, edits } = about;
  if (id === MAX_FORWARDS || (id === ROUTE && edits.routes !== undefined)) return false;
  if (id === VIA || id === CONTENT_LENGTH) return true;
  if (id >= 0 && edits.remove.size === 0) return id !== MAX_BREADTH_ID;
  const name = request.lineName(line).toLowerCase();
  return name !== MAX_BREADTH && !edits.remove.has(name);
}

/** -1 while the header has no number of its own: then it is known by name. */
const MAX_BREADTH_ID = headerId('Max-Breadth');

function oneLine(value: string): string {
  return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+/g, ' ') : value;
}
