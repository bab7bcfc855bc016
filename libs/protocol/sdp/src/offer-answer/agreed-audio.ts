import type { MediaDescription, SessionDescription } from '../session-description.js';
import type { Direction } from '../views/direction.js';
import type { TransportAddress } from '../views/media-transport.js';

/** A format that both sides listed beside those that we send with. */
export interface AlsoAgreed {
  readonly name: string;
  readonly clockRate: number;
  /** The remote's number. */
  readonly payloadType: number;
  /** Our number, with which the remote sends. */
  readonly receivePayloadType: number;
}

/** What an offer and its answer agreed about the audio, from our side. */
export interface AgreedAudio {
  /** Which `m=` section, from 0. */
  readonly index: number;
  readonly codec: {
    readonly name: string;
    readonly clockRate: number;
    readonly channels: number;
    /** The remote's wishes about what it receives. */
    readonly fmtp: string | undefined;
    /** We send with this one (the remote's number). */
    readonly payloadType: number;
    /** The remote sends with this one (our number); the same in nearly every case (RFC 3264 §6.1). */
    readonly receivePayloadType: number;
  };
  readonly telephoneEvent:
    { readonly payloadType: number; readonly receivePayloadType: number; readonly clockRate: number } | undefined;
  /**
   * The other formats in common, telephone-events among them: the remote may send any of them at any time, and in the
   * midst of a word (RFC 3264 §5.1, §6.1).
   */
  readonly others: readonly AlsoAgreed[];
  readonly remote: TransportAddress;
  readonly remoteRtcp: TransportAddress;
  readonly rtcpMux: boolean;
  /** From our side: `sendonly` means that we send and do not receive. */
  readonly direction: Direction;
  /** What the remote likes to receive, in milliseconds. */
  readonly packetTimeMs: number | undefined;
  readonly protocol: string;
  /** The remote's section, for its ICE, DTLS and crypto lines. */
  readonly remoteSession: SessionDescription;
  readonly remoteMedia: MediaDescription;
}
