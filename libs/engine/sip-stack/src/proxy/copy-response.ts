import { oneLine, splitValues } from '@carillon/sip-message';
import type { HeaderLine, OctetSlab, SipResponse } from '@carillon/sip-message';

const NONE: readonly HeaderLine[] = [];

/**
 * A response without its topmost Via value (RFC 3261 §16.7 item 3), and with lines that others' responses brought.
 * @returns undefined when no Via value is left: it was for us
 */
export function copyResponse(
  response: SipResponse,
  slab: OctetSlab,
  add: readonly HeaderLine[] = NONE,
): Buffer | undefined {
  const { lineCount } = response;
  const via = response.findLine('Via');
  if (via < 0) return undefined;
  const rest = otherValues(response.header('Via') ?? '');
  if (rest === '' && response.findLine('Via', via + 1) < 0) return undefined;
  const { body } = response;
  const front = `SIP/2.0 ${response.status} ${oneLine(response.reason)}\r\n`;
  let back = '';
  for (const [name, value] of add) back += `${oneLine(name)}: ${oneLine(value)}\r\n`;
  if (response.findLine('Content-Length') < 0) back += `Content-Length: ${body.length}\r\n`;
  // Each character takes three octets at most, and each line may get an end.
  const added = front.length + back.length + rest.length;
  slab.begin(response.bytes.length + added * 3 + lineCount * 2 + 16).text(front);
  for (let line = 0; line < lineCount; line = copyRun(response, line, { via, rest, slab }));
  return slab.text(back).octets(CR, LF).copy(body, 0, body.length).finish();
}

/** Copies the lines from `line` up to the top Via or a line with an odd end. @returns the line to go on with */
function copyRun(response: SipResponse, line: number, to: { via: number; rest: string; slab: OctetSlab }): number {
  const { bytes, lineCount } = response;
  if (line === to.via) {
    if (to.rest !== '') to.slab.line('Via', to.rest);
    return line + 1;
  }
  const start = response.lineStart(line);
  let last = line;
  while (endsPlainly(response, last) && last + 1 < lineCount && last + 1 !== to.via) last += 1;
  to.slab.copy(bytes, start, response.lineEnd(last)).octets(CR, LF);
  return last + 1;
}

const CR = 13;
const LF = 10;

function endsPlainly(response: SipResponse, line: number): boolean {
  const end = response.lineEnd(line);
  return response.bytes[end] === CR && response.bytes[end + 1] === LF;
}

/** What follows the first value in a Via line. */
function otherValues(line: string): string {
  return line.includes(',') ? splitValues(line).slice(1).join(', ') : '';
}
