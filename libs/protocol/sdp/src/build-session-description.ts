import { mediaLinesOf, sessionLinesOf } from './source-text.js';
import type { Attribute, Bandwidth, Connection, MediaDescription, SessionDescription } from './session-description.js';

/**
 * Writes an SDP, each line ended by CRLF: sections that were read and not changed as they came, others in the order of
 * RFC 8866 §9. CR and LF inside values are dropped.
 */
export function buildSessionDescription(description: SessionDescription): string {
  const kept = sessionLinesOf(description);
  const lines = [
    ...(kept === undefined ? sessionLines(description) : ['v=0', ...kept]),
    ...description.media.flatMap((media) => mediaLinesOf(media) ?? mediaLines(media)),
  ];
  return lines.map((line) => `${line.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
}

function sessionLines(description: SessionDescription): string[] {
  const { origin: o } = description;
  return [
    'v=0',
    `o=${o.username} ${o.sessionId} ${o.sessionVersion} ${o.networkType} ${o.addressType} ${o.address}`,
    `s=${description.name}`,
    ...optional('i', description.information),
    ...optional('u', description.uri),
    ...description.emails.map((email) => `e=${email}`),
    ...description.phones.map((phone) => `p=${phone}`),
    ...(description.connection === undefined ? [] : [connectionLine(description.connection)]),
    ...description.bandwidths.map(bandwidthLine),
    ...timeLines(description),
    ...optional('z', description.zone),
    ...optional('k', description.key),
    ...description.attributes.map(attributeLine),
  ];
}

function timeLines({ times }: SessionDescription): string[] {
  if (times.length === 0) return ['t=0 0'];
  return times.flatMap((time) => [`t=${time.start} ${time.stop}`, ...time.repeats.map((repeat) => `r=${repeat}`)]);
}

function mediaLines(media: MediaDescription): string[] {
  const count = media.portCount === undefined ? '' : `/${media.portCount}`;
  return [
    `m=${media.type} ${media.port}${count} ${media.protocol} ${media.formats.join(' ')}`,
    ...optional('i', media.information),
    ...media.connections.map(connectionLine),
    ...media.bandwidths.map(bandwidthLine),
    ...optional('k', media.key),
    ...media.attributes.map(attributeLine),
  ];
}

function optional(type: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${type}=${value}`];
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
