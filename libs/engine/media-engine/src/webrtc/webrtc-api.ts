import type { AudioCodecName, TransportAddress } from '../api/endpoint.js';
import type { SfuOutcome } from '../sfu/sfu-outcome.js';

/** A format of the `m=` section with the payload type that both sides use for it. */
export interface WebRtcFormat {
  readonly name: AudioCodecName | 'telephone-event';
  /** As in the rtpmap. */
  readonly clockRate: number;
  /** As in the rtpmap: 2 for opus. */
  readonly channels: number;
  readonly payloadType: number;
}

export interface OpenWebRtcRequest {
  /** The audio engine's endpoint whose sound the other side hears. Opened with `loopback`. */
  readonly endpointId: string;
  readonly rtpPort: number;
  readonly ssrc: number;
  readonly cname: string;
  /** Every format that may ever be agreed, numbered as the section numbers them. */
  readonly formats: readonly WebRtcFormat[];
  /** For who does DTLS-SRTP, but no ICE: it gets a port of its own. */
  readonly withoutIce?: boolean;
  /** For who does ICE and says neither SSRC nor MID: its packets are read on the way, at a port of its own. */
  readonly sourceUnsaid?: boolean;
}

/** RFC 8839: what belongs into our SDP. */
export interface WebRtcIce {
  readonly usernameFragment: string;
  readonly password: string;
  readonly candidates: readonly {
    readonly foundation: string;
    readonly priority: number;
    readonly address: string;
    readonly port: number;
    readonly protocol: 'udp' | 'tcp';
  }[];
}

export interface Fingerprint {
  /** As in SDP, e.g. `sha-256`. */
  readonly hash: string;
  readonly value: string;
}

export interface OpenedWebRtc {
  readonly ice: WebRtcIce;
  readonly fingerprints: readonly Fingerprint[];
  /** Where the audio engine's endpoint sends to, and is sent from. */
  readonly loopback: { readonly address: string; readonly port: number };
  /** Where it is reached without ICE; absent where that was not wanted. */
  readonly port?: number;
}

export interface WebRtcRemote {
  /** Their role in the DTLS handshake (RFC 5763 §5). */
  readonly dtlsRole: 'client' | 'server';
  readonly fingerprints: readonly Fingerprint[];
  /** Without ICE: where SDP says that it is, and where it takes RTCP: at the same port, or by a handshake of its own. */
  readonly address?: TransportAddress & { readonly rtcpMux: boolean; readonly rtcp: TransportAddress };
}

/** By what the other side's packets are told: at least one of the two, since mediasoup takes no unknown stream. */
export interface WebRtcSource {
  readonly ssrc?: number;
  /** RFC 8843 §9.2, with the id of its header extension. */
  readonly mid?: { readonly value: string; readonly extensionId: number };
}

/** The id with which mediasoup writes the MID into packets; another one cannot be agreed for what we send. */
export const MID_EXTENSION_ID = 1;

/** What an offer and its answer agreed. */
export interface WebRtcMedia {
  readonly codec: WebRtcFormat;
  readonly telephoneEvent?: WebRtcFormat;
  /** What the other side may send as well, at any time and in turns (RFC 3264 §6.1); numbered as it sends them. */
  readonly others?: readonly WebRtcFormat[];
  /** Absent while the other side sends nothing. */
  readonly source?: WebRtcSource;
  /** Written into our packets where `MID_EXTENSION_ID` was agreed, so that they are known before any SSRC was said. */
  readonly ourMid?: string;
}

export type WebRtcLostReason = 'not-connected' | 'connection-lost' | 'worker-died';

export interface WebRtcEvent {
  readonly type: 'webrtc-lost';
  readonly endpointId: string;
  readonly reason: WebRtcLostReason;
  readonly detail: string;
}

/** WebRTC sides of the audio engine's endpoints. Nothing rejects because of what the other side said. */
export interface WebRtcGateway {
  open(request: OpenWebRtcRequest): Promise<SfuOutcome<OpenedWebRtc>>;
  /**
   * Lets the other side in. Saying the same again changes nothing; other
   * certificates or roles are refused (SFU.BAD_REQUEST): they are a new association and need a new transport.
   */
  connect(endpointId: string, remote: WebRtcRemote): Promise<SfuOutcome<void>>;
  /** From now on the other side must connect within the limit. Nothing where it has, or where it is unknown. */
  expectConnection(endpointId: string): void;
  /** Applies an offer/answer round. @returns the SSRC that the other side will hear */
  setMedia(endpointId: string, media: WebRtcMedia): Promise<SfuOutcome<{ ssrc: number }>>;
  /** New credentials (RFC 8839 §4.4.1.1.1); the old ones work until the new ones are used. */
  restartIce(endpointId: string): Promise<SfuOutcome<WebRtcIce>>;
  /** The address that ICE chose; null before. */
  remoteAddress(endpointId: string): TransportAddress | null;
  /** Idempotent. */
  close(endpointId: string): void;
  /** @returns stops listening */
  on(listener: (event: WebRtcEvent) => void): () => void;
  readonly count: number;
}
