import { splitValues } from '@carillon/sip-message';
import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { OctetWriter } from './octet-writer.js';

const NONE: readonly HeaderLine[] = [];

/**
 * A response without its topmost Via value (RFC 3261 §16.7 item 3), and with lines that others' responses brought.
 * @returns undefined when no Via value is left: it was for us
 */
export function copyResponse(
  response: SipResponse,
  writer: OctetWriter,
  add: readonly HeaderLine[] = NONE,
): Buffer | undefined {
  const { lineCount } = response;
  const via = response.findLine('Via');
  if (via < 0) return undefined;
  const rest = otherValues(response.header('Via') ?? '');
  if (rest === '' && response.findLine('Via', via + 1) < 0) return undefined;
  writer.start().ascii(`SIP/2.0 ${response.status} `).text(response.reason).ascii('\r\n');
  for (let line = 0; line < lineCount; line = copyRun(response, line, { via, rest, writer }));
  for (const [name, value] of add) writer.ascii(name).ascii(': ').text(value).ascii('\r\n');
  const { body } = response;
  if (response.findLine('Content-Length') < 0) writer.ascii(`Content-Length: ${body.length}\r\n`);
  writer.ascii('\r\n').copy(body, 0, body.length);
  return writer.finish();
}

/** Copies the lines from `line` up to the top Via or a line with an odd end. @returns the line to go on with */
function copyRun(response: SipResponse, line: number, to: { via: number; rest: string; writer: OctetWriter }): number {
  const { bytes, lineCount } = response;
  if (line === to.via) {
    if (to.rest !== '') to.writer.ascii('Via: ').text(to.rest).ascii('\r\n');
    return line + 1;
  }
  const start = response.lineStart(line);
  let last = line;
  while (endsPlainly(response, last) && last + 1 < lineCount && last + 1 !== to.via) last += 1;
  to.writer.copy(bytes, start, response.lineEnd(last)).ascii('\r\n');
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
