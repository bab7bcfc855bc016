import type { ReceptionCounter, ReportBlock } from '@carillon/rtp';
import { buildRtcp, compactNtpTime, ntpTimeOfUnix, parseRtcp, roundTripMs } from '@carillon/rtp';
import type { OutgoingStream } from './outgoing-stream.js';

/** RFC 3550 §6.2: five seconds, spread by half to either side. */
const INTERVAL_MS = 5000;

export interface ReceivedStream {
  ssrc: number;
  counter: ReceptionCounter;
  jitterClockUnits: number;
}

/** Sender and receiver reports of one endpoint, and what the other side's reports say. */
export class RtcpReporter {
  roundTripMs: number | null = null;
  remotePacketsLost: number | null = null;
  remoteJitterUnits: number | null = null;
  goodbyeReceived = false;
  private nextMs: number;
  private sentAtLastReport = 0;
  private lastSr = 0;
  private lastSrMs = 0;

  constructor(
    private readonly cname: string,
    private readonly stream: OutgoingStream,
    nowMs: number,
    private readonly random: () => number,
  ) {
    this.nextMs = nowMs + (INTERVAL_MS / 2) * (0.5 + random());
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.nextMs;
  }

  /** Builds the report that is due; a goodbye when `goodbyeReason` is given (RFC 3550 §6.3.7). */
  build(
    now: { monotonicMs: number; unixMs: number },
    received: ReceivedStream | null,
    goodbyeReason?: string,
  ): Uint8Array {
    this.nextMs = now.monotonicMs + INTERVAL_MS * (0.5 + this.random());
    const reports = received === null ? [] : [this.reportBlock(received, now.monotonicMs)];
    const sent = this.stream.packetsSent > this.sentAtLastReport;
    this.sentAtLastReport = this.stream.packetsSent;
    const { ssrc } = this.stream;
    const goodbye =
      goodbyeReason === undefined ? undefined : ({ type: 'goodbye', ssrcs: [ssrc], reason: goodbyeReason } as const);
    const ntp = ntpTimeOfUnix(now.unixMs);
    return buildRtcp(
      sent
        ? {
            type: 'sender-report',
            ssrc,
            ntpSeconds: ntp.seconds,
            ntpFraction: ntp.fraction,
            rtpTimestamp: this.stream.timestampAt(now.monotonicMs),
            packetCount: this.stream.packetsSent >>> 0,
            octetCount: this.stream.octetsSent >>> 0,
            reports,
          }
        : { type: 'receiver-report', ssrc, reports },
      this.cname,
      goodbye === undefined ? undefined : { ...goodbye, ssrcs: [...goodbye.ssrcs] },
    );
  }

  /** Reads a compound packet; returns false when it is malformed. */
  receive(bytes: Uint8Array, now: { monotonicMs: number; unixMs: number }): boolean {
    const result = parseRtcp(bytes);
    if (!result.ok) return false;
    for (const packet of result.packets) {
      if (packet.type === 'goodbye') this.goodbyeReceived = true;
      if (packet.type === 'sender-report') {
        this.lastSr = compactNtpTime({ seconds: packet.ntpSeconds, fraction: packet.ntpFraction });
        this.lastSrMs = now.monotonicMs;
      }
      if (packet.type === 'sender-report' || packet.type === 'receiver-report') {
        for (const block of packet.reports) this.readBlock(block, now.unixMs);
      }
    }
    return true;
  }

  private readBlock(block: ReportBlock, unixMs: number): void {
    if (block.ssrc !== this.stream.ssrc) return;
    this.remotePacketsLost = block.cumulativeLost;
    this.remoteJitterUnits = block.jitter;
    const arrival = compactNtpTime(ntpTimeOfUnix(unixMs));
    this.roundTripMs = roundTripMs(arrival, block.lastSr, block.delaySinceLastSr) ?? this.roundTripMs;
  }

  private reportBlock(received: ReceivedStream, nowMs: number): ReportBlock {
    return {
      ssrc: received.ssrc,
      fractionLost: received.counter.takeFractionLost(),
      cumulativeLost: received.counter.cumulativeLost,
      extendedHighestSequence: received.counter.extendedHighestSequence,
      jitter: received.jitterClockUnits,
      lastSr: this.lastSr,
      delaySinceLastSr: this.lastSr === 0 ? 0 : Math.round(((nowMs - this.lastSrMs) * 65536) / 1000),
    };
  }
}
