import type { DatagramKind } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';

/** A datagram of whoever sends to a front. */
export interface FrontDatagram {
  readonly kind: DatagramKind;
  readonly bytes: Buffer;
  readonly from: TransportAddress;
}

/** What SDP says of the other side. */
export interface SignalledRemote extends TransportAddress {
  /** Whether RTCP may go to the same port (RFC 5761 §5.1.1). */
  readonly rtcpMux: boolean;
  /** Whether the handshake begins with them (`setup:active`, RFC 4145 §4). */
  readonly begins: boolean;
}

/** What becomes of STUN from outside. */
export interface FrontReply {
  readonly response: Uint8Array;
  /** The other side wants to be reached where it came from. */
  readonly chosen: boolean;
}

/** Who may come through a front, and where what its agent sends goes. */
export interface FrontGate {
  /** Where media goes now. */
  readonly remote: TransportAddress | undefined;
  /** Whether RTCP may go to the same port (RFC 5761 §5.1.1). */
  readonly rtcpMux: boolean;
  /** Whether the front keeps the agent's connection up by itself; else whenever the other side shows itself. */
  readonly asksByItself: boolean;
  setRemote(remote: SignalledRemote): void;
  /** The handshake is over. */
  secure(): void;
  /** Whether DTLS, RTP or RTCP is the other side's. */
  admits(datagram: FrontDatagram): boolean;
  /** Undefined: STUN is for nobody here. */
  answer(datagram: FrontDatagram): FrontReply | undefined;
}
