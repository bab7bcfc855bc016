import type { WebRtcFormat, WebRtcIce } from '@carillon/media-engine';
import type { DtlsSetup } from '@carillon/sdp';

/** Plain RTP. */
export interface NoSecurity {
  readonly kind: 'none';
}

/** DTLS-SRTP, over ICE or without: mediasoup is the other side's peer, and plain RTP over loopback is ours. */
export interface WebRtcSecurity {
  readonly kind: 'dtls';
  /** As in the `m=` line. */
  readonly protocol: string;
  /** Every format of the section with its number, which stays (RFC 3264 §8.3.2). */
  readonly formats: readonly WebRtcFormat[];
  readonly fingerprints: readonly { readonly hash: string; readonly value: string }[];
  readonly loopback: { readonly address: string; readonly port: number };
  /** Where it is reached without ICE; absent where ICE is done. */
  readonly port?: number;
  ice: WebRtcIce;
  /** Our part in the handshake, once settled. */
  role: Extract<DtlsSetup, 'active' | 'passive'> | undefined;
  /** What the other side hears us with, once known. */
  ssrc: number | undefined;
}

/** A key of ours, under the tag of its crypto line. */
export interface OurSdesKey {
  readonly tag: number;
  readonly suite: string;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** SRTP with keys in SDP (RFC 4568). */
export interface SdesSecurity {
  readonly kind: 'sdes';
  /** As in the `m=` line: RTP/SAVP is a must, RTP/AVP an attempt (RFC 8643). */
  readonly protocol: string;
  /** One for each suite that we offered, or the one that we answered with. */
  readonly ours: readonly OurSdesKey[];
}

export type LegSecurity = NoSecurity | SdesSecurity | WebRtcSecurity;
