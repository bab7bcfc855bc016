import { RTP_HEADER_LENGTH } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';
import { RemoteLatch, sameAddress } from '../endpoint/remote-latch.js';
import type { FrontDatagram, FrontGate } from './front-gate.js';

/**
 * For who does no ICE. Before the handshake is over it answers to where DTLS last came from, at first to where SDP says: who
 * cannot finish the handshake cannot stay. Afterwards `RemoteLatch` says who may talk.
 */
export class SignalledGate implements FrontGate {
  readonly asksByItself = true;
  rtcpMux = false;
  private readonly latch = new RemoteLatch();
  private signalled: TransportAddress | undefined;
  private caller: TransportAddress | undefined;
  private secured = false;

  get remote(): TransportAddress | undefined {
    return this.secured ? (this.latch.target ?? undefined) : (this.caller ?? this.signalled);
  }

  setRemote(remote: TransportAddress, rtcpMux: boolean): void {
    this.rtcpMux = rtcpMux;
    if (this.signalled !== undefined && sameAddress(this.signalled, remote)) return;
    this.signalled = remote;
    this.caller = undefined;
    this.latch.setSignalled(remote);
  }

  /** Its address stays. */
  secure(): void {
    this.secured = true;
    if (this.caller !== undefined) this.latch.setSignalled(this.caller);
  }

  admits({ kind, bytes, from }: FrontDatagram): boolean {
    if (kind === 'dtls' && !this.secured) {
      this.caller = from;
      return true;
    }
    const { remote } = this;
    const known = remote !== undefined && sameAddress(remote, from);
    if (kind === 'dtls' || kind === 'rtcp') return known;
    if (kind !== 'rtp' || bytes.length < RTP_HEADER_LENGTH) return false;
    if (!this.secured) return known;
    // SRTP leaves the header readable (RFC 3711 §3.1).
    const packet = { ssrc: bytes.readUInt32BE(8), sequence: bytes.readUInt16BE(2) };
    return this.latch.judge(packet, from, performance.now()) !== 'foreign';
  }

  /** It was told of no ICE. */
  answer(): undefined {
    return undefined;
  }
}
