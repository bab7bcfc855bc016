import type { RtpPacket } from '@carillon/rtp';
import { addSequence, addTimestamp, sequenceDistance, timestampDistance, writeRtpPacket } from '@carillon/rtp';
import { FRAME_MS } from '../codecs/audio-codec.js';

/** How packets leave. */
export interface PacketOutlet {
  /** Where each is put together; others may use it in between. */
  readonly packet: Uint8Array;
  /** Sends one; the bytes are only valid during the call. */
  send(bytes: Uint8Array): void;
}

/** Media time may run this far from the wall clock before the stream jumps to it. */
const MAX_DRIFT_MS = 60;

/**
 * One RTP stream that stays continuous whatever feeds it: our frames, key events, or packets relayed from changing
 * sources. Timestamps follow the wall clock; at each change of source the marker is set (RFC 3551 §4.1).
 */
export class OutgoingStream {
  packetsSent = 0;
  octetsSent = 0;
  private sequence: number;
  private nextTimestamp: number;
  private clockRate = 8000;
  private clockBase: number;
  private clockBaseMs: number;
  private relayed: { source: object; ssrc: number; sequenceOffset: number; timestampOffset: number } | null = null;
  private markNext = true;

  constructor(
    readonly ssrc: number,
    start: { sequence: number; timestamp: number; nowMs: number },
    private readonly outlet: PacketOutlet,
  ) {
    this.sequence = start.sequence;
    this.nextTimestamp = start.timestamp;
    this.clockBase = start.timestamp;
    this.clockBaseMs = start.nowMs;
  }

  /** Media time at `nowMs`, for sender reports. */
  timestampAt(nowMs: number): number {
    return addTimestamp(this.clockBase, Math.round(((nowMs - this.clockBaseMs) * this.clockRate) / 1000));
  }

  /** Another codec may count time differently; the timeline goes on from now. */
  setClockRate(clockRate: number, nowMs: number): void {
    if (clockRate === this.clockRate) return;
    this.clockBase = this.timestampAt(nowMs);
    this.clockBaseMs = nowMs;
    this.clockRate = clockRate;
    this.interrupt();
  }

  /** Sends sound of our own, one 20 ms frame unless told otherwise. */
  sendFrame(payloadType: number, payload: Uint8Array, nowMs: number, durationMs = FRAME_MS): void {
    if (this.relayed !== null) this.interrupt();
    this.followClock(nowMs);
    this.emit(payloadType, this.takeMarker(), this.nextTimestamp, payload);
    this.nextTimestamp = addTimestamp(this.nextTimestamp, (this.clockRate * durationMs) / 1000);
  }

  /** Forwards a packet of `source`, keeping its gaps and its order. */
  relay(source: object, packet: RtpPacket, payloadType: number, nowMs: number): void {
    let { relayed } = this;
    let { marker } = packet;
    if (relayed === null || relayed.source !== source || relayed.ssrc !== packet.ssrc) {
      this.followClock(nowMs);
      relayed = {
        source,
        ssrc: packet.ssrc,
        sequenceOffset: (this.sequence + 1 - packet.sequence) & 0xffff,
        timestampOffset: (this.nextTimestamp - packet.timestamp) | 0,
      };
      this.relayed = relayed;
      marker = true;
    }
    const sequence = addSequence(packet.sequence, relayed.sequenceOffset);
    const timestamp = addTimestamp(packet.timestamp, relayed.timestampOffset);
    this.write(payloadType, marker, { sequence, timestamp }, packet.payload);
    if (sequenceDistance(sequence, this.sequence) > 0) this.sequence = sequence;
    const after = addTimestamp(timestamp, (this.clockRate * FRAME_MS) / 1000);
    if (timestampDistance(after, this.nextTimestamp) > 0) this.nextTimestamp = after;
  }

  /** Reserves the timestamp under which all packets of one key event are sent (RFC 4733 §2.5.1.2). */
  beginEvent(nowMs: number): number {
    this.interrupt();
    this.followClock(nowMs);
    return this.nextTimestamp;
  }

  sendEvent(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): void {
    this.emit(payloadType, marker, timestamp, payload);
    this.markNext = true;
  }

  /** The next packet begins a new stretch of sound. */
  interrupt(): void {
    this.relayed = null;
    this.markNext = true;
  }

  private followClock(nowMs: number): void {
    const clock = this.timestampAt(nowMs);
    const drift = timestampDistance(clock, this.nextTimestamp);
    if (Math.abs(drift) <= (this.clockRate * MAX_DRIFT_MS) / 1000) return;
    // Never backwards: receivers would take it for old packets.
    if (drift > 0) {
      this.nextTimestamp = clock;
      this.markNext = true;
    }
  }

  private takeMarker(): boolean {
    const marker = this.markNext;
    this.markNext = false;
    return marker;
  }

  private emit(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): void {
    this.sequence = addSequence(this.sequence, 1);
    this.write(payloadType, marker, { sequence: this.sequence, timestamp }, payload);
  }

  private write(
    payloadType: number,
    marker: boolean,
    at: { sequence: number; timestamp: number },
    payload: Uint8Array,
  ): void {
    const { packet } = this.outlet;
    if (payload.length + 12 > packet.length) return;
    const header = { marker, payloadType, sequence: at.sequence, timestamp: at.timestamp, ssrc: this.ssrc };
    const length = writeRtpPacket(packet, header, payload);
    this.packetsSent += 1;
    this.octetsSent += payload.length;
    this.outlet.send(packet.subarray(0, length));
  }
}
