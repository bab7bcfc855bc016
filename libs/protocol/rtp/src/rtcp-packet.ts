/** RFC 3550 §6.4.1: what a receiver saw of one source. */
export interface ReportBlock {
  ssrc: number;
  /** 0…255, as 1/256, since the report before. */
  fractionLost: number;
  /** Signed 24 bit. */
  cumulativeLost: number;
  extendedHighestSequence: number;
  /** In clock units. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last SR; 0 if none. */
  lastSr: number;
  /** 1/65536 s. */
  delaySinceLastSr: number;
}

export interface SenderReport {
  type: 'sender-report';
  ssrc: number;
  ntpSeconds: number;
  ntpFraction: number;
  rtpTimestamp: number;
  packetCount: number;
  octetCount: number;
  reports: ReportBlock[];
}

export interface ReceiverReport {
  type: 'receiver-report';
  ssrc: number;
  reports: ReportBlock[];
}

/** RFC 3550 §6.5; of the items only CNAME is kept apart. */
export interface SourceDescription {
  type: 'source-description';
  chunks: { ssrc: number; items: { type: number; text: string }[] }[];
}

/** RFC 3550 §6.6. */
export interface Goodbye {
  type: 'goodbye';
  ssrcs: number[];
  reason: string | null;
}

/** Anything else (APP, RTPFB, PSFB, XR, …): well framed, not read further. */
export interface OtherRtcp {
  type: 'other';
  packetType: number;
  /** The five bits after the padding bit: count, subtype or feedback format. */
  count: number;
  /** After the four octets of the common header. */
  body: Uint8Array;
}

export type RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye | OtherRtcp;

/** IANA RTCP packet types (RFC 3550 §12.1). */
export const RTCP_TYPE = { senderReport: 200, receiverReport: 201, sourceDescription: 202, goodbye: 203 } as const;

export const SDES_CNAME = 1;
export const REPORT_BLOCK_LENGTH = 24;
