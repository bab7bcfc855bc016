import type { Attribute, Connection, MediaDescription } from '../session-description.js';
import { addressTypeOf, type LocalAudio } from './local-audio.js';

/** One payload type of a section that we write. */
export interface WrittenFormat {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  readonly fmtp: string | undefined;
}

export interface SectionParts {
  readonly formats: readonly WrittenFormat[];
  readonly direction: string;
  readonly protocol: string;
  readonly rtcpMux: boolean;
  readonly mid: string | undefined;
}

/** Our `m=audio` section with its lines in the customary order. */
export function writeAudioSection(local: LocalAudio, parts: SectionParts): MediaDescription {
  const attributes: Attribute[] = [
    ...parts.formats.flatMap(formatAttributes),
    { name: 'ptime', value: String(local.packetTimeMs ?? 20) },
    { name: parts.direction },
    ...(parts.mid === undefined ? [] : [{ name: 'mid', value: parts.mid }]),
    ...rtcpAttributes(local, parts.rtcpMux),
    ...(local.attributes ?? []),
  ];
  return {
    type: 'audio',
    port: local.port,
    protocol: parts.protocol,
    formats: parts.formats.map((format) => String(format.payloadType)),
    connections: [connectionTo(local.address)],
    bandwidths: [],
    attributes,
  };
}

export function connectionTo(address: string): Connection {
  return { networkType: 'IN', addressType: addressTypeOf(address), address };
}

/** Rejects or removes a stream: port 0, formats repeated because one must be there (RFC 3264 §6). */
export function rejectSection(offered: MediaDescription): MediaDescription {
  const mid = offered.attributes.filter((attribute) => attribute.name === 'mid');
  const { type, protocol, formats } = offered;
  return { type, port: 0, protocol, formats, connections: [], bandwidths: [], attributes: mid };
}

function formatAttributes(format: WrittenFormat): Attribute[] {
  const channels = format.channels > 1 ? `/${format.channels}` : '';
  const rtpmap = {
    name: 'rtpmap',
    value: `${format.payloadType} ${format.name}/${format.clockRate}${channels}`,
  };
  return format.fmtp === undefined
    ? [rtpmap]
    : [rtpmap, { name: 'fmtp', value: `${format.payloadType} ${format.fmtp}` }];
}

function rtcpAttributes(local: LocalAudio, rtcpMux: boolean): Attribute[] {
  if (rtcpMux) return [{ name: 'rtcp-mux' }];
  const rtcpPort = local.rtcpPort ?? local.port + 1;
  return rtcpPort === local.port + 1 ? [] : [{ name: 'rtcp', value: String(rtcpPort) }];
}
