/** Audio codecs the engine can decode and encode. */
export type AudioCodecName = 'PCMU' | 'PCMA' | 'G722' | 'opus';

/** An IP address and a UDP port. */
export interface TransportAddress {
  address: string;
  port: number;
}

/** The local side of an endpoint: what belongs into its SDP. */
export interface OpenedEndpoint {
  endpointId: string;
  /** RTP port (even); RTCP is on `rtcpPort` (RTP + 1) unless multiplexed. */
  rtpPort: number;
  rtcpPort: number;
  /** The SSRC of the stream that the endpoint sends, stable for its life. */
  ssrc: number;
  /** RTCP canonical name (RFC 3550 §6.5.1). */
  cname: string;
}

export interface OpenEndpointRequest {
  /** Chosen by the engine (UUID) when absent. */
  endpointId?: string;
  /** Endpoints and mixes that name the same group share a worker thread: a call id or a room id. */
  group?: string;
  /** Only this machine may reach it: the SFU stands between it and the network. */
  loopback?: boolean;
}

/** RFC 3264 direction, seen from this side. */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** SRTP of both directions (RFC 3711), as the offer/answer round agreed. */
export interface SrtpKeys {
  /** A name of `SRTP_SUITES`. */
  suite: string;
  send: { key: Uint8Array; salt: Uint8Array };
  receive: { key: Uint8Array; salt: Uint8Array; mkiLength: number };
}

/** A format that was agreed beside those that we send with. */
export interface AgreedFormat {
  format: AudioCodecName | 'telephone-event';
  /** Theirs. */
  payloadType: number;
  /** Ours, when it differs. */
  receivePayloadType?: number;
  /** Of telephone-event, Hz; 8000 unless said. A codec has its own. */
  clockRate?: number;
}

/** The outcome of an offer/answer round. Passing it again re-negotiates and re-latches when the remote moved. */
export interface EndpointMedia {
  codec: AudioCodecName;
  /** Payload type that we send; packets arriving with it are audio as well. */
  payloadType: number;
  /** Payload type under which the other side may send audio, when it differs (RFC 3264 §5.1). */
  receivePayloadType?: number;
  /** telephone-event (RFC 4733) as negotiated; absent: DTMF goes in band as tones, and is heard there. */
  telephoneEvent?: { payloadType: number; receivePayloadType?: number; clockRate: number } | undefined;
  /** Formats that the other side may send as well, at any time and in turns (RFC 3264 §6.1); at most five count. */
  others?: readonly AgreedFormat[];
  /** Where SDP says to send. The real source wins once packets have arrived (symmetric RTP, RFC 4961). */
  remote: TransportAddress;
  /** Defaults to RTP port + 1 (RFC 3550 §11), or the RTP address with `rtcpMux`. */
  remoteRtcp?: TransportAddress;
  /** Nothing else is agreed than before: the name that was given for `remote` has become an address. Who is heard stays. */
  lookedUp?: true;
  rtcpMux?: boolean;
  /** Absent: plain RTP. With the same keys again, the streams go on. */
  srtp?: SrtpKeys;
  direction: MediaDirection;
  /** What the other side likes in a packet, 10 to 60 ms, with Opus 10, 20, 40 or 60; 20 unless said. All are taken on receipt. */
  packetTimeMs?: number;
}

/** Figures of one endpoint, given live and when it closes. */
export interface EndpointStatistics {
  endpointId: string;
  codec: AudioCodecName | null;
  durationMs: number;
  packetsReceived: number;
  octetsReceived: number;
  /** RFC 3550 A.3: expected less received; may be negative with duplicates. */
  packetsLost: number;
  /** Arrived too late or overran the jitter buffer. */
  packetsDiscarded: number;
  /** Interarrival jitter, RFC 3550 A.8, in milliseconds. */
  jitterMs: number;
  packetsSent: number;
  octetsSent: number;
  /** From the other side's report blocks; null while none has arrived. */
  roundTripMs: number | null;
  remotePacketsLost: number | null;
  remoteJitterMs: number | null;
  /** Packets from an address or SSRC that the endpoint is not latched to. */
  foreignPackets: number;
  malformedPackets: number;
  /** The address that packets really come from, when it is known. */
  latchedRemote: TransportAddress | null;
}
