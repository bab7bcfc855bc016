import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { buildBindingRequest, classifyDatagram, type IceCredentials } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';
import { sameAddress } from '../endpoint/remote-latch.js';
import type { FrontDatagram, FrontGate, SignalledRemote } from './front-gate.js';

export interface IceFrontOptions {
  /** The ICE-lite agent behind it, as this machine reaches it. */
  readonly agent: TransportAddress & IceCredentials;
  readonly gate: FrontGate;
  /** The SSRC that the other side really sends with, whenever it is another. */
  readonly heardSource: (ssrc: number) => void;
}

/** RFC 7675 §5.1 wants consent asked for every 4 to 6 seconds. */
const CONSENT_MS = 5000;
/** Until the connection is up, so that the handshake may begin. */
const FIRST_CHECKS_MS = 200;
/** Ten seconds of them: who has not shaken hands by then may never do so. */
const MOST_FIRST_CHECKS = 50;
/** Of a host candidate with the highest local preference (RFC 8445 §5.1.2.1, peer-reflexive type preference). */
const PRIORITY = 0x6e_ff_ff_ff;
/** A ClientHello, in pieces and repeated: what may come before the agent takes part. */
const MOST_EARLY = 4;

/**
 * Stands before an ICE-lite agent, does its connectivity checks, and passes on everything else as it came: for who does
 * DTLS-SRTP without ICE (RFC 5763 §5 needs none), and for who does ICE and says of no packet beforehand which is its own.
 *
 * ```text
 * phone ──DTLS, SRTP, SRTCP──► front ──the same──────────────► agent
 *       ◄─DTLS, SRTP, SRTCP──        ◄─the same───────────────
 *       ──Binding───────────►(gate)  ──Binding, nominating──►
 * ```
 */
export class IceFront {
  private secured = false;
  /** The agent knows of the other side. */
  private ready = false;
  /** Of who began before that: it would repeat them only after a second (RFC 6347 §4.2.4.1). */
  private readonly early: FrontDatagram[] = [];
  private source: number | undefined;
  private checks: NodeJS.Timeout | undefined;
  private askedMs = -Infinity;
  private closed = false;
  private agent: IceCredentials;
  private readonly ownFragment = randomBytes(4).toString('hex');
  private readonly tieBreaker = randomBytes(8).readBigUInt64BE();

  private constructor(
    private readonly outer: Socket,
    private readonly inner: Socket,
    private readonly options: IceFrontOptions,
  ) {
    this.agent = options.agent;
    outer.on('message', (bytes, { address, port }) => this.fromPhone(bytes, { address, port }));
    inner.on('message', (bytes) => this.fromAgent(bytes));
    // A socket that fails carries nothing more; the agent then misses the checks and tells of it.
    for (const socket of [outer, inner]) socket.on('error', () => this.close());
    this.checkOften();
  }

  /** @param outer where the phone comes to; closed with the front, also where that cannot open @throws {Error} */
  static async open(outer: Socket, options: IceFrontOptions): Promise<IceFront> {
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
      inner.close();
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
    return this.options.gate.remote;
  }

  setRemote(remote: SignalledRemote): void {
    this.options.gate.setRemote(remote);
  }

  /** From now on the agent takes part in the handshake: what came sooner comes now. */
  begin(): void {
    this.ready = true;
    // It may have rung for long.
    if (!this.secured) this.checkOften();
    const { remote } = this;
    const isExpected = ({ from }: FrontDatagram): boolean => remote !== undefined && sameAddress(remote, from);
    const early = this.early.splice(0);
    // Who is where it is expected goes first: then nobody else is let in.
    for (const datagram of [...early.filter(isExpected), ...early.filter((one) => !isExpected(one))])
      this.pass(datagram);
  }

  /** New credentials of the agent's. */
  restart(agent: IceCredentials): void {
    this.agent = agent;
  }

  /** The handshake is over: its address stays. */
  secure(): void {
    if (this.secured) return;
    this.secured = true;
    this.options.gate.secure();
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

  private checkOften(): void {
    this.check(FIRST_CHECKS_MS, MOST_FIRST_CHECKS);
  }

  /** @param most of them at that pace; consent is asked for afterwards */
  private check(everyMs: number, most = Infinity): void {
    clearInterval(this.checks);
    if (this.closed || !this.options.gate.asksByItself) return;
    let asked = 1;
    this.ask();
    this.checks = setInterval(() => {
      if (asked === most) return this.check(CONSENT_MS);
      asked += 1;
      this.ask();
    }, everyMs);
    this.checks.unref();
  }

  private ask(): void {
    const { usernameFragment, password } = this.agent;
    const username = `${usernameFragment}:${this.ownFragment}`;
    this.askedMs = performance.now();
    const check = buildBindingRequest({ username, password, priority: PRIORITY, tieBreaker: this.tieBreaker });
    this.inner.send(check, ignoreSendResult);
  }

  /** As long as the other side shows itself, the agent need not miss it. */
  private shown(): void {
    const { gate } = this.options;
    if (!gate.asksByItself && performance.now() - this.askedMs >= CONSENT_MS) this.ask();
  }

  private fromPhone(bytes: Buffer, from: TransportAddress): void {
    if (this.closed) return;
    const datagram: FrontDatagram = { kind: classifyDatagram(bytes), bytes, from };
    if (datagram.kind === 'stun') this.answer(datagram);
    else if (this.ready) this.pass(datagram);
    else if (datagram.kind === 'dtls') {
      if (this.early.length === MOST_EARLY) this.early.shift();
      this.early.push(datagram);
    }
  }

  private pass(datagram: FrontDatagram): void {
    const { kind, bytes } = datagram;
    const { gate, heardSource } = this.options;
    if (!gate.admits(datagram)) return;
    if (kind === 'rtp') {
      const ssrc = bytes.readUInt32BE(8);
      if (ssrc !== this.source) heardSource(ssrc);
      this.source = ssrc;
    }
    this.shown();
    this.inner.send(bytes, ignoreSendResult);
  }

  private answer(datagram: FrontDatagram): void {
    const reply = this.options.gate.answer(datagram);
    if (reply === undefined) return;
    const { address, port } = datagram.from;
    this.outer.send(reply.response, port, address, ignoreSendResult);
    // Until it is connected with each check of theirs: the agent may begin its handshake as soon as it can be heard.
    if (reply.chosen && !this.secured) this.ask();
    else if (reply.chosen) this.shown();
  }

  private fromAgent(bytes: Buffer): void {
    const kind = classifyDatagram(bytes);
    const { remote } = this;
    if (this.closed || remote === undefined || remote.port === 0 || kind === 'stun') return;
    if (kind === 'rtcp' && !this.options.gate.rtcpMux) return;
    this.outer.send(bytes, remote.port, remote.address, ignoreSendResult);
  }
}

/** A datagram that the kernel refuses is a lost one, which DTLS repeats and RTCP counts. */
function ignoreSendResult(): void {
  // See above.
}
