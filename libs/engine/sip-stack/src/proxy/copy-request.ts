import { headerId, oneLine } from '@carillon/sip-message';
import type { HeaderLine, OctetSlab, SipRequest } from '@carillon/sip-message';

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

/** The request as it goes on. Nothing that is put into it can begin a line of its own. */
export function copyRequest(request: SipRequest, edits: RequestEdits, slab: OctetSlab): Buffer {
  const { body } = request;
  let front = `${oneLine(request.method)} ${oneLine(edits.uri)} SIP/2.0\r\n${lineOf('Via', edits.via)}`;
  for (const value of edits.recordRoutes) front += lineOf('Record-Route', value);
  let back = '';
  if (edits.routes !== undefined) for (const route of edits.routes) back += lineOf('Route', route);
  back += `Max-Forwards: ${edits.maxForwards}\r\nMax-Breadth: ${edits.maxBreadth}\r\n`;
  for (const [name, value] of edits.add) back += lineOf(name, value);
  // A datagram's body may go without a length, a stream's may not (§18.3).
  if (request.findLine('Content-Length') < 0) back += `Content-Length: ${body.length}\r\n`;
  const marked = edits.markedVia === undefined ? '' : lineOf('Via', edits.markedVia);
  // Each character takes three octets at most, and each line may get an end.
  const added = front.length + back.length + marked.length;
  slab.begin(request.bytes.length + added * 3 + request.lineCount * 2 + 2).text(front);
  copyLines(request, edits, { slab, marked });
  return slab.text(back).octets(CR, LF).copy(body, 0, body.length).finish();
}

function lineOf(name: string, value: string): string {
  return `${oneLine(name)}: ${oneLine(value)}\r\n`;
}

/** Runs of lines that stay are copied in one piece. */
function copyLines(request: SipRequest, edits: RequestEdits, to: { slab: OctetSlab; marked: string }): void {
  const { slab, marked } = to;
  const { bytes, lineCount } = request;
  let start = -1;
  let topVia = true;
  for (let line = 0; line < lineCount; line++) {
    const id = request.lineId(line);
    const marks = id === VIA && topVia && edits.markedVia !== undefined;
    if (id === VIA) topVia = false;
    const from = request.lineStart(line);
    const end = request.lineEnd(line);
    if (marks || !stays(request, line, { id, from, edits })) {
      if (start >= 0) slab.copy(bytes, start, from);
      start = -1;
      if (marks) slab.text(marked);
      continue;
    }
    if (start < 0) start = from;
    // Anything but a plain CRLF behind the value (a bare LF, trailing space) is written as it should be.
    if (bytes[end] !== CR || bytes[end + 1] !== LF) {
      slab.copy(bytes, start, end).octets(CR, LF);
      start = -1;
    } else if (line === lineCount - 1) slab.copy(bytes, start, end + 2);
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
