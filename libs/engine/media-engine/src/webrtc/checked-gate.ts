import { answerBindingRequest, RTP_HEADER_LENGTH, type IceCredentials } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';
import { RemoteLatch, sameAddress } from '../endpoint/remote-latch.js';
import type { FrontDatagram, FrontGate, FrontReply } from './front-gate.js';

/** A phone checks from each of its addresses. */
const MOST_PROVEN = 16;

/**
 * For who does ICE: it answers the other side's connectivity checks as an ICE-lite agent (RFC 8445 §7.3). Who has proven
 * itself by one may talk, and media goes to where it last nominated (§8.1.1), also when that changes later.
 */
export class CheckedGate implements FrontGate {
  readonly asksByItself = false;
  readonly rtcpMux = true;
  remote: TransportAddress | undefined;
  private readonly proven: TransportAddress[] = [];
  /** Of streams alone: which address they come from is proven otherwise. */
  private readonly streams = new RemoteLatch();
  private credentials: readonly IceCredentials[];

  constructor(credentials: IceCredentials) {
    this.credentials = [credentials];
    this.streams.setSignalled(ANYWHERE);
  }

  /** RFC 8839 §4.4.1.1.1: the old ones count until the next restart, since checks may be on their way. */
  restart(credentials: IceCredentials): void {
    this.credentials = [credentials, ...this.credentials.slice(0, 1)];
  }

  /** Candidates say where it is, and checks prove it. */
  setRemote(): void {
    // See above.
  }

  /** Who has not proven itself cannot even begin the handshake. */
  secure(): void {
    // See above.
  }

  admits({ kind, bytes, from }: FrontDatagram): boolean {
    if (!this.isProven(from)) return false;
    if (kind === 'dtls' || kind === 'rtcp') return true;
    if (kind !== 'rtp' || bytes.length < RTP_HEADER_LENGTH) return false;
    const packet = { ssrc: bytes.readUInt32BE(8), sequence: bytes.readUInt16BE(2) };
    return this.streams.judge(packet, ANYWHERE, performance.now()) !== 'foreign';
  }

  answer({ bytes, from }: FrontDatagram): FrontReply | undefined {
    const answered = answerBindingRequest(bytes, { credentials: this.credentials, controlled: true }, from);
    if (answered === undefined) return undefined;
    const { response, proven, nominated } = answered;
    if (proven && !this.isProven(from)) {
      if (this.proven.length === MOST_PROVEN) this.proven.shift();
      this.proven.push(from);
    }
    if (nominated) this.remote = from;
    return { response, chosen: proven && this.remote !== undefined };
  }

  private isProven(from: TransportAddress): boolean {
    return this.proven.some((address) => sameAddress(address, from));
  }
}

const ANYWHERE: TransportAddress = { address: 'anywhere', port: 1 };
