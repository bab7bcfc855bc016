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
  const attributes: Attribute[] = [];
  for (const format of parts.formats) addFormat(attributes, format);
  attributes.push({ name: 'ptime', value: String(local.packetTimeMs ?? 20) }, { name: parts.direction });
  if (parts.mid !== undefined) attributes.push({ name: 'mid', value: parts.mid });
  addRtcp(attributes, local, parts.rtcpMux);
  if (local.attributes !== undefined) attributes.push(...local.attributes);
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

function addFormat(attributes: Attribute[], format: WrittenFormat): void {
  const channels = format.channels > 1 ? `/${format.channels}` : '';
  attributes.push({ name: 'rtpmap', value: `${format.payloadType} ${format.name}/${format.clockRate}${channels}` });
  if (format.fmtp !== undefined) attributes.push({ name: 'fmtp', value: `${format.payloadType} ${format.fmtp}` });
}

function addRtcp(attributes: Attribute[], local: LocalAudio, rtcpMux: boolean): void {
  const rtcpPort = local.rtcpPort ?? local.port + 1;
  if (rtcpMux) attributes.push({ name: 'rtcp-mux' });
  else if (rtcpPort !== local.port + 1) attributes.push({ name: 'rtcp', value: String(rtcpPort) });
}
