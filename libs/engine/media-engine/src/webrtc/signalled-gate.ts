import { RTP_HEADER_LENGTH } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';
import { RemoteLatch, sameAddress } from '../endpoint/remote-latch.js';
import type { FrontDatagram, FrontGate, SignalledRemote } from './front-gate.js';

/**
 * For who does no ICE. It is expected where SDP says. Only one that begins the handshake may do so from elsewhere, as from
 * behind a NAT, until it does from there: who cannot finish the handshake cannot stay. Afterwards `RemoteLatch` says who
 * may talk.
 */
export class SignalledGate implements FrontGate {
  readonly asksByItself = true;
  rtcpMux = false;
  private readonly latch = new RemoteLatch();
  private signalled: SignalledRemote | undefined;
  private caller: TransportAddress | undefined;
  private secured = false;

  get remote(): TransportAddress | undefined {
    return this.secured ? (this.latch.target ?? undefined) : (this.caller ?? this.signalled);
  }

  setRemote(remote: SignalledRemote): void {
    this.rtcpMux = remote.rtcpMux;
    if (this.signalled !== undefined && sameAddress(this.signalled, remote)) return;
    this.signalled = remote;
    this.caller = undefined;
    this.latch.setSignalled({ address: remote.address, port: remote.port });
  }

  /** Its address stays. */
  secure(): void {
    this.secured = true;
    if (this.caller !== undefined) this.latch.setSignalled(this.caller);
  }

  admits({ kind, bytes, from }: FrontDatagram): boolean {
    if (kind === 'dtls' && !this.secured) return this.admitsHandshake(from);
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

  private admitsHandshake(from: TransportAddress): boolean {
    const { signalled, caller } = this;
    if (signalled === undefined) return false;
    const isCaller = caller !== undefined && sameAddress(caller, signalled);
    if (!sameAddress(signalled, from) && (isCaller || !signalled.begins)) return false;
    this.caller = from;
    return true;
  }
}
