import type { RemoteInfo } from 'node:dgram';
import type { RtpPacket } from '@carillon/rtp';
import { classifyDatagram, JitterEstimator, parseRtpPacket, ReceptionCounter } from '@carillon/rtp';
import type { EndpointStatistics, SrtpKeys, TransportAddress } from '../api/endpoint.js';
import type { MediaClock } from '../worker/media-clock.js';
import { OutgoingStream } from './outgoing-stream.js';
import { RemoteLatch } from './remote-latch.js';
import { RtcpReporter } from './rtcp-reporter.js';
import { SrtpProtection } from './srtp-protection.js';
import type { UdpPortPair } from './udp-port-pair.js';

export interface RtpSessionOptions {
  /** Its own from now on; given back at the end. */
  pair: UdpPortPair;
  ssrc: number;
  cname: string;
  clock: MediaClock;
}

export interface RtpSessionHandlers {
  /** What a payload type means to the owner; `unknown` packets are counted and dropped before they can latch. */
  classify(payloadType: number): 'audio' | 'event' | 'ignored' | 'unknown';
  /** A packet of the latched source. `newSource` begins a new timeline. */
  onPacket(packet: RtpPacket, kind: 'audio' | 'event' | 'ignored', newSource: boolean): void;
  onFailure(error: Error): void;
}

export interface RtpSessionRemote {
  remote: TransportAddress;
  remoteRtcp?: TransportAddress;
  /** See `EndpointMedia`. */
  lookedUp?: boolean;
  rtcpMux: boolean;
  /** Of the stream that is sent. */
  clockRate: number;
  /** Of the one that is received, where it differs. */
  receivedClockRate?: number;
  srtp?: SrtpKeys;
}

/** One RTP stream out and one in over a port pair: latch, statistics and RTCP. Knows no codec. */
export class RtpSession {
  readonly stream: OutgoingStream;
  /** Monotonic time of the last RTP or RTCP of the latched source; null before the first RTP. */
  lastHeardMs: number | null = null;
  private readonly latch = new RemoteLatch();
  private readonly reporter: RtcpReporter;
  private counter = new ReceptionCounter();
  private readonly jitter = new JitterEstimator(8000);
  private clockRate = 8000;
  private remote: RtpSessionRemote | null = null;
  private srtp: SrtpProtection | null = null;
  private remoteSsrc = 0;
  private packetsReceived = 0;
  private octetsReceived = 0;
  private lostBefore = 0;
  private foreignPackets = 0;
  private malformedPackets = 0;
  private closed = false;

  constructor(
    private readonly options: RtpSessionOptions,
    private readonly handlers: RtpSessionHandlers,
  ) {
    const { clock } = options;
    const start = {
      sequence: Math.floor(clock.random() * 0x8000),
      timestamp: Math.floor(clock.random() * 0x1_0000_0000),
      nowMs: clock.monotonicMs(),
    };
    this.stream = new OutgoingStream(options.ssrc, start, {
      packet: options.pair.packet,
      send: (bytes) => this.sendRtp(bytes),
    });
    this.reporter = new RtcpReporter(options.cname, this.stream, start.nowMs, clock.random);
    options.pair.use({
      onRtp: (bytes, from) => this.receive(bytes, from),
      onRtcp: (bytes, from) => this.receiveRtcp(bytes, from),
      onFailure: (error) => handlers.onFailure(error),
    });
  }

  setRemote(remote: RtpSessionRemote): void {
    this.remote = remote;
    this.srtp = SrtpProtection.of(remote.srtp, this.srtp);
    if (remote.lookedUp === true) this.latch.setFound(remote.remote);
    else this.latch.setSignalled(remote.remote);
    this.stream.setClockRate(remote.clockRate, this.options.clock.monotonicMs());
    this.clockRate = remote.clockRate;
    this.setReceivedClockRate(remote.receivedClockRate ?? remote.clockRate);
  }

  /** Another payload type may count time differently. */
  setReceivedClockRate(clockRate: number): void {
    this.jitter.setClockRate(clockRate);
  }

  get canSend(): boolean {
    return this.latch.target !== null;
  }

  get latchedRemote(): TransportAddress | null {
    return this.latch.latchedRemote;
  }

  get jitterMs(): number {
    return this.jitter.milliseconds;
  }

  /** Sends the RTCP report when it is due; called once per tick. */
  tick(nowMs: number): void {
    if (this.remote !== null && !this.closed && this.reporter.isDue(nowMs)) this.sendRtcp();
  }

  statistics(): Omit<EndpointStatistics, 'endpointId' | 'codec' | 'durationMs' | 'packetsDiscarded'> {
    return {
      packetsReceived: this.packetsReceived,
      octetsReceived: this.octetsReceived,
      packetsLost: this.lostBefore + this.counter.cumulativeLost,
      jitterMs: round2(this.jitter.milliseconds),
      packetsSent: this.stream.packetsSent,
      octetsSent: this.stream.octetsSent,
      roundTripMs: this.reporter.roundTripMs === null ? null : round2(this.reporter.roundTripMs),
      remotePacketsLost: this.reporter.remotePacketsLost,
      remoteJitterMs:
        this.reporter.remoteJitterUnits === null
          ? null
          : round2((this.reporter.remoteJitterUnits * 1000) / this.clockRate),
      foreignPackets: this.foreignPackets,
      malformedPackets: this.malformedPackets,
      latchedRemote: this.latch.latchedRemote,
    };
  }

  /** Says goodbye (RTCP BYE) and gives the ports back. Idempotent. */
  close(reason: string): void {
    if (this.closed) return;
    if (this.remote !== null && this.stream.packetsSent > 0) this.sendRtcp(reason);
    this.closed = true;
    this.options.pair.giveBack();
  }

  private receive(bytes: Uint8Array, from: RemoteInfo): void {
    if (classifyDatagram(bytes) === 'rtcp') {
      this.receiveRtcp(bytes, from);
      return;
    }
    const opened = this.srtp?.receiver.openRtp(bytes);
    const result = opened?.ok === false ? opened : parseRtpPacket(opened?.packet ?? bytes);
    if (!result.ok) {
      this.malformedPackets += 1;
      return;
    }
    const { packet } = result;
    const kind = this.remote === null ? 'unknown' : this.handlers.classify(packet.payloadType);
    if (kind === 'unknown') {
      this.foreignPackets += 1;
      return;
    }
    const nowMs = this.options.clock.monotonicMs();
    const verdict = this.latch.judge(packet, from, nowMs);
    if (verdict === 'foreign') {
      this.foreignPackets += 1;
      return;
    }
    if (verdict === 'new-source' && packet.ssrc !== this.remoteSsrc) this.beginSource(packet.ssrc);
    const restarted = this.counter.observe(packet.sequence) === 'restarted';
    this.packetsReceived += 1;
    this.octetsReceived += packet.payload.length;
    this.lastHeardMs = nowMs;
    this.handlers.onPacket(packet, kind, verdict === 'new-source' || restarted);
    // Only now is it known which clock the packet counts.
    if (kind === 'audio') this.jitter.observe(packet.timestamp, nowMs);
  }

  private receiveRtcp(bytes: Uint8Array, from: RemoteInfo): void {
    const target = this.latch.target;
    if (target === null || target.address !== from.address) {
      this.foreignPackets += 1;
      return;
    }
    const { clock } = this.options;
    const now = { monotonicMs: clock.monotonicMs(), unixMs: clock.unixMs() };
    const opened = this.srtp?.receiver.openRtcp(bytes);
    if (opened?.ok === false || !this.reporter.receive(opened?.packet ?? bytes, now)) this.malformedPackets += 1;
    else if (this.lastHeardMs !== null) this.lastHeardMs = now.monotonicMs;
  }

  private beginSource(ssrc: number): void {
    this.lostBefore += this.counter.cumulativeLost;
    this.counter = new ReceptionCounter();
    this.jitter.restart();
    this.remoteSsrc = ssrc;
  }

  private sendRtp(bytes: Uint8Array): void {
    const { target } = this.latch;
    const packet = this.srtp === null ? bytes : this.srtp.sender.protectRtp(bytes);
    if (target !== null && packet !== undefined && !this.closed) this.options.pair.sendRtp(packet, target);
  }

  private sendRtcp(goodbyeReason?: string): void {
    const { target } = this.latch;
    const { remote } = this;
    if (target === null || remote === null) return;
    const { clock } = this.options;
    const received =
      this.counter.totalReceived === 0
        ? null
        : { ssrc: this.remoteSsrc, counter: this.counter, jitterClockUnits: this.jitter.clockUnits };
    const plain = this.reporter.build(
      { monotonicMs: clock.monotonicMs(), unixMs: clock.unixMs() },
      received,
      goodbyeReason,
    );
    const bytes = this.srtp === null ? plain : this.srtp.sender.protectRtcp(plain);
    if (bytes === undefined) return;
    const { pair } = this.options;
    if (remote.rtcpMux) pair.sendRtp(bytes, target);
    else pair.sendRtcp(bytes, this.rtcpTarget(target, remote));
  }

  /** Behind NAT the RTCP port cannot be known; next to the latched RTP port is the best guess (RFC 3550 §11). */
  private rtcpTarget(target: TransportAddress, remote: RtpSessionRemote): TransportAddress {
    const moved = target.address !== remote.remote.address || target.port !== remote.remote.port;
    if (!moved && remote.remoteRtcp !== undefined) return remote.remoteRtcp;
    return { address: target.address, port: Math.min(65535, target.port + 1) };
  }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
