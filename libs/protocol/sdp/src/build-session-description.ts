import { ReadMedia, sessionLinesOf } from './source-text.js';
import type { Attribute, Bandwidth, Connection, MediaDescription, SessionDescription } from './session-description.js';

/**
 * Writes an SDP, each line ended by CRLF: sections that were read and not changed as they came, others in the order of
 * RFC 8866 §9. CR and LF inside values are dropped.
 */
export function buildSessionDescription(description: SessionDescription): string {
  let text = '';
  const kept = sessionLinesOf(description);
  if (kept !== undefined) text += 'v=0\r\n';
  for (const line of kept ?? sessionLines(description)) text += ended(line);
  for (const media of description.media) {
    for (const line of ReadMedia.linesOf(media) ?? mediaLines(media)) text += ended(line);
  }
  return text;
}

function ended(line: string): string {
  const broken = line.includes('\r') || line.includes('\n');
  return `${broken ? line.replace(/[\r\n]+/g, ' ') : line}\r\n`;
}

function sessionLines(description: SessionDescription): string[] {
  const { origin: o, information, uri, connection, zone, key } = description;
  const lines = [
    'v=0',
    `o=${o.username} ${o.sessionId} ${o.sessionVersion} ${o.networkType} ${o.addressType} ${o.address}`,
    `s=${description.name}`,
  ];
  if (information !== undefined) lines.push(`i=${information}`);
  if (uri !== undefined) lines.push(`u=${uri}`);
  for (const email of description.emails) lines.push(`e=${email}`);
  for (const phone of description.phones) lines.push(`p=${phone}`);
  if (connection !== undefined) lines.push(connectionLine(connection));
  for (const bandwidth of description.bandwidths) lines.push(bandwidthLine(bandwidth));
  addTimes(lines, description);
  if (zone !== undefined) lines.push(`z=${zone}`);
  if (key !== undefined) lines.push(`k=${key}`);
  for (const attribute of description.attributes) lines.push(attributeLine(attribute));
  return lines;
}

function addTimes(lines: string[], { times }: SessionDescription): void {
  if (times.length === 0) lines.push('t=0 0');
  for (const { start, stop, repeats } of times) {
    lines.push(`t=${start} ${stop}`);
    for (const repeat of repeats) lines.push(`r=${repeat}`);
  }
}

function mediaLines(media: MediaDescription): string[] {
  const { information, key } = media;
  const count = media.portCount === undefined ? '' : `/${media.portCount}`;
  // One format must be there (RFC 8866 §9).
  const formats = media.formats.length === 0 ? '0' : media.formats.join(' ');
  const lines = [`m=${media.type} ${media.port}${count} ${media.protocol} ${formats}`];
  if (information !== undefined) lines.push(`i=${information}`);
  for (const connection of media.connections) lines.push(connectionLine(connection));
  for (const bandwidth of media.bandwidths) lines.push(bandwidthLine(bandwidth));
  if (key !== undefined) lines.push(`k=${key}`);
  for (const attribute of media.attributes) lines.push(attributeLine(attribute));
  return lines;
}

function connectionLine(connection: Connection): string {
  return `c=${connection.networkType} ${connection.addressType} ${connection.address}`;
}

function bandwidthLine({ type, value }: Bandwidth): string {
  return `b=${type}:${value}`;
}

function attributeLine({ name, value }: Attribute): string {
  return value === undefined ? `a=${name}` : `a=${name}:${value}`;
}
