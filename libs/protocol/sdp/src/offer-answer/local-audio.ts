import type { Attribute, Origin } from '../session-description.js';
import type { Direction } from '../views/direction.js';

/** A codec that we can do. Names compare without case, mono and unsaid are the same. */
export interface AudioCodec {
  readonly name: string;
  /** Hz, as in the rtpmap: 8000 for G722, 48000 for opus. */
  readonly clockRate: number;
  /** As in the rtpmap: 2 for opus, whatever is really sent. */
  readonly channels?: number;
  /** What we say about receiving it, e.g. `useinbandfec=1`. */
  readonly fmtp?: string;
  /** Payload type in our offers; an answer takes the offer's. */
  readonly payloadType: number;
}

/** Payload types that we offer for keys (RFC 4733), one per clock rate of our codecs. */
export const TELEPHONE_EVENT_PAYLOAD_TYPES: Readonly<Record<number, number>> = { 8000: 101, 48_000: 102 };

/** Our side of one audio stream. */
export interface LocalAudio {
  readonly address: string;
  readonly port: number;
  /** Said by `a=rtcp` where it is not `port + 1`; ignored once RTP and RTCP share a port. */
  readonly rtcpPort?: number;
  /** Offer, or accept, RTP and RTCP on one port (RFC 5761). */
  readonly rtcpMux?: boolean;
  /** In our order of preference. */
  readonly codecs: readonly AudioCodec[];
  /** Keys by RFC 4733; true unless told otherwise. */
  readonly telephoneEvent?: boolean;
  /** What we want; an answer narrows it to what the offer allows. */
  readonly direction: Direction;
  /** Milliseconds; 20 unless told otherwise. */
  readonly packetTimeMs?: number;
  /** Transport protocols that we can do, e.g. `RTP/AVP` or `UDP/TLS/RTP/SAVPF`. The first is offered. */
  readonly protocols: readonly string[];
  /** In an answer: only this section of the offer is taken. */
  readonly onlySection?: number;
  /** Further media-level lines of ours: ICE, DTLS, crypto, ssrc. */
  readonly attributes?: readonly Attribute[];
  /** Further session-level lines of ours, e.g. `ice-lite`. */
  readonly sessionAttributes?: readonly Attribute[];
}

/** Plain RTP, as desk phones speak it; RTP/AVPF differs by feedback messages only, which may stay unsent. */
export const PLAIN_RTP_PROTOCOLS: readonly string[] = ['RTP/AVP', 'RTP/AVPF'];

/** A first `o=` of ours. `sessionId` should be unguessable digits, at most 19 (RFC 8866 §5.2). */
export function firstOrigin(sessionId: string, address: string): Origin {
  return {
    username: '-',
    sessionId,
    sessionVersion: '1',
    networkType: 'IN',
    addressType: addressTypeOf(address),
    address,
  };
}

/** The `o=` of a changed description: the version counts up by one (RFC 3264 §8). */
export function nextOrigin(origin: Origin): Origin {
  return { ...origin, sessionVersion: (BigInt(origin.sessionVersion) + 1n).toString() };
}

export function addressTypeOf(address: string): 'IP4' | 'IP6' {
  return address.includes(':') ? 'IP6' : 'IP4';
}
