import { randomBytes, randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { buildBindingRequest, classifyDatagram, RTP_HEADER_LENGTH } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';
import { RemoteLatch, sameAddress } from '../endpoint/remote-latch.js';

export interface IceFrontOptions {
  /** Where phones come to, numeric. */
  readonly address: string;
  readonly ports: { readonly min: number; readonly max: number };
  /** The ICE-lite agent behind it, as this machine reaches it. */
  readonly agent: TransportAddress & { readonly usernameFragment: string; readonly password: string };
  /** The SSRC that the other side really sends with, whenever it is another. */
  readonly heardSource: (ssrc: number) => void;
}

/** RFC 7675 §5.1 wants consent asked for every 4 to 6 seconds. */
const CONSENT_MS = 5000;
/** Until the connection is up, so that the handshake may begin. */
const FIRST_CHECKS_MS = 200;
/** Of a host candidate with the highest local preference (RFC 8445 §5.1.2.1, peer-reflexive type preference). */
const PRIORITY = 0x6e_ff_ff_ff;
const PORT_ATTEMPTS = 40;

/**
 * Stands before an ICE-lite agent for who does DTLS-SRTP without ICE (RFC 5763 §5 needs none): it does the agent's
 * connectivity checks, and passes on everything else as it came.
 *
 * ```text
 * phone ──DTLS, SRTP, SRTCP──► front ──the same──────────────► agent
 *       ◄─DTLS, SRTP, SRTCP──        ◄─the same───────────────
 *                                    ──Binding, nominating──►
 * ```
 *
 * Before the handshake is over it answers to where DTLS last came from, at first to where SDP says: who cannot finish
 * the handshake cannot stay. Afterwards `RemoteLatch` says who may talk.
 */
export class IceFront {
  private readonly latch = new RemoteLatch();
  private signalled: TransportAddress | undefined;
  private caller: TransportAddress | undefined;
  private secured = false;
  private rtcpMux = false;
  private source: number | undefined;
  private checks: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly username: string;
  private readonly tieBreaker = randomBytes(8).readBigUInt64BE();

  private constructor(
    private readonly outer: Socket,
    private readonly inner: Socket,
    private readonly options: IceFrontOptions,
  ) {
    this.username = `${options.agent.usernameFragment}:${randomBytes(4).toString('hex')}`;
    outer.on('message', (bytes, from) => this.fromPhone(bytes, from));
    inner.on('message', (bytes) => this.fromAgent(bytes));
    // A socket that fails carries nothing more; the agent then misses the checks and tells of it.
    for (const socket of [outer, inner]) socket.on('error', () => this.close());
    this.check(FIRST_CHECKS_MS);
  }

  /** @throws {Error} where no port is free */
  static async open(options: IceFrontOptions): Promise<IceFront> {
    const outer = await bindSomewhere(options.address, options.ports);
    const inner = createSocket(isIPv6(options.agent.address) ? 'udp6' : 'udp4');
    try {
      await new Promise<void>((settle, fail) => {
        inner.once('error', fail);
        inner.connect(options.agent.port, options.agent.address, () => {
          inner.off('error', fail);
          settle();
        });
      });
    } catch (error) {
      outer.close();
      throw error;
    }
    return new IceFront(outer, inner, options);
  }

  get port(): number {
    return this.outer.address().port;
  }

  /** Where media goes now. */
  get remote(): TransportAddress | undefined {
    return this.secured ? (this.latch.target ?? undefined) : (this.caller ?? this.signalled);
  }

  /** What SDP says of the other side. @param rtcpMux whether RTCP may go to the same port (RFC 5761 §5.1.1) */
  setRemote(remote: TransportAddress, rtcpMux: boolean): void {
    this.rtcpMux = rtcpMux;
    if (this.signalled !== undefined && sameAddress(this.signalled, remote)) return;
    this.signalled = remote;
    this.caller = undefined;
    this.latch.setSignalled(remote);
  }

  /** The handshake is over: its address stays. */
  secure(): void {
    if (this.secured) return;
    this.secured = true;
    if (this.caller !== undefined) this.latch.setSignalled(this.caller);
    clearInterval(this.checks);
    this.check(CONSENT_MS);
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.checks);
    this.outer.close();
    this.inner.close();
  }

  private check(everyMs: number): void {
    const { password } = this.options.agent;
    const ask = (): void =>
      this.inner.send(
        buildBindingRequest({ username: this.username, password, priority: PRIORITY, tieBreaker: this.tieBreaker }),
        ignoreSendResult,
      );
    ask();
    this.checks = setInterval(ask, everyMs);
    this.checks.unref();
  }

  private fromPhone(bytes: Buffer, from: RemoteInfo): void {
    if (this.closed || !this.admits(bytes, from)) return;
    this.inner.send(bytes, ignoreSendResult);
  }

  /** Whether a datagram is the other side's. Its STUN is for nobody: it was told of no ICE. */
  private admits(bytes: Buffer, { address, port }: RemoteInfo): boolean {
    const from = { address, port };
    const kind = classifyDatagram(bytes);
    if (kind === 'dtls' && !this.secured) {
      this.caller = from;
      return true;
    }
    const { remote } = this;
    const known = remote !== undefined && sameAddress(remote, from);
    if (kind === 'dtls' || kind === 'rtcp') return known;
    if (kind !== 'rtp' || bytes.length < RTP_HEADER_LENGTH) return false;
    // SRTP leaves the header readable (RFC 3711 §3.1).
    const sequence = bytes.readUInt16BE(2);
    const ssrc = bytes.readUInt32BE(8);
    const admitted = this.secured ? this.latch.judge({ ssrc, sequence }, from, performance.now()) !== 'foreign' : known;
    if (admitted && ssrc !== this.source) {
      this.source = ssrc;
      this.options.heardSource(ssrc);
    }
    return admitted;
  }

  private fromAgent(bytes: Buffer): void {
    const kind = classifyDatagram(bytes);
    const { remote } = this;
    if (this.closed || remote === undefined || remote.port === 0 || kind === 'stun') return;
    if (kind === 'rtcp' && !this.rtcpMux) return;
    this.outer.send(bytes, remote.port, remote.address, ignoreSendResult);
  }
}

/** A datagram that the kernel refuses is a lost one, which DTLS repeats and RTCP counts. */
function ignoreSendResult(): void {
  // See above.
}

/** One of the ports that nobody uses; others take theirs from the same range. */
async function bindSomewhere(address: string, { min, max }: IceFrontOptions['ports']): Promise<Socket> {
  const count = max - min + 1;
  const first = randomInt(count);
  let failure: unknown;
  for (let attempt = 0; attempt < Math.min(PORT_ATTEMPTS, count); attempt++) {
    try {
      return await bindAt(address, min + ((first + attempt) % count));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function bindAt(address: string, port: number): Promise<Socket> {
  const family = isIPv6(address) ? 6 : 4;
  return new Promise((settle, fail) => {
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Addresses are numeric here; the system's resolver would only cost a thread hop per packet.
      lookup: (host, _options, done) => done(null, host, family),
    });
    socket.once('error', (error) => {
      socket.close();
      fail(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      settle(socket);
    });
  });
}
