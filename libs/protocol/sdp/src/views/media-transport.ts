import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues, hasAttribute } from './attributes.js';

export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

/** Where its writer wants to receive RTP and RTCP (RFC 8866 §5.7, RFC 3605, RFC 5761). */
export interface MediaAddresses {
  readonly rtp: TransportAddress;
  readonly rtcp: TransportAddress;
  readonly rtcpMux: boolean;
}

/** Undefined where neither the media nor the session says `c=`. Host names and multicast are passed as written. */
export function mediaAddressesOf(session: SessionDescription, media: MediaDescription): MediaAddresses | undefined {
  const connection = media.connections[0] ?? session.connection;
  if (connection === undefined || connection.networkType !== 'IN') return undefined;
  const slash = connection.address.indexOf('/');
  const address = slash < 0 ? connection.address : connection.address.slice(0, slash);
  if (address === '') return undefined;
  const rtp = { address, port: media.port };
  const rtcpMux = hasAttribute(media, 'rtcp-mux');
  const named = rtcpAttribute(media, address);
  const rtcp = named ?? (rtcpMux ? rtp : { address, port: Math.min(media.port + 1, 65_535) });
  return { rtp, rtcp, rtcpMux };
}

/** Milliseconds of audio in a packet that the writer likes to receive (RFC 8866 §6.4). */
export function packetTimeOf(media: MediaDescription): number | undefined {
  const value = Number.parseFloat(attributeValue(media, 'ptime') ?? '');
  return value > 0 && value <= 1000 ? value : undefined;
}

/** Milliseconds at most (RFC 8866 §6.5). */
export function maximumPacketTimeOf(media: MediaDescription): number | undefined {
  const value = Number.parseFloat(attributeValue(media, 'maxptime') ?? '');
  return value > 0 && value <= 1000 ? value : undefined;
}

/**
 * Milliseconds to put in a packet that we send: what the receiver likes, else what we do anyway, never above its
 * maximum; in whole frames of ours (RFC 8866 §6.4, §6.5).
 */
export function packetTimeToSend(media: MediaDescription, ours: { packetTimeMs: number; frameMs: number }): number {
  const wanted = Math.min(packetTimeOf(media) ?? ours.packetTimeMs, maximumPacketTimeOf(media) ?? 1000);
  return Math.max(Math.floor(wanted / ours.frameMs), 1) * ours.frameMs;
}

/** `a=ssrc:<id> <attribute>[:<value>]`, RFC 5576 §4.1: each source once, with what is said about it. */
export function ssrcsOf(media: MediaDescription): Map<number, Map<string, string>> {
  const sources = new Map<number, Map<string, string>>();
  for (const value of attributeValues(media, 'ssrc')) {
    const match = /^(\d{1,10})\s+([^:\s]+)(?::(.*))?$/.exec(value);
    const ssrc = Number(match?.[1]);
    if (match?.[2] === undefined || ssrc > 0xffff_ffff) continue;
    const attributes = sources.get(ssrc) ?? new Map<string, string>();
    attributes.set(match[2], match[3] ?? '');
    sources.set(ssrc, attributes);
  }
  return sources;
}

/** `a=rtcp:<port> [IN IP4 <address>]`, RFC 3605 §2.1. */
function rtcpAttribute(media: MediaDescription, sameAddress: string): TransportAddress | undefined {
  const value = attributeValue(media, 'rtcp');
  if (value === undefined) return undefined;
  const match = /^(\d{1,5})(?:\s+IN\s+IP[46]\s+(\S+))?\s*$/.exec(value);
  const port = Number(match?.[1]);
  if (match === null || port === 0 || port > 65_535) return undefined;
  const address = match[2] === undefined || match[2] === '0.0.0.0' ? sameAddress : match[2];
  return { address, port };
}
