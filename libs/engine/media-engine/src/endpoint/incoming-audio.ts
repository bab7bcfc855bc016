import type { AudioCodec, AudioDecoder } from '../codecs/audio-codec.js';
import { FRAME_MS, MAX_DECODED_SAMPLES, samplesPerFrame } from '../codecs/audio-codec.js';
import { PcmFifo } from '../audio/pcm-fifo.js';
import { JitterBuffer } from './jitter-buffer.js';

/** Bounds of the delay that the buffer holds back. */
const MIN_DELAY_MS = 40;
const MAX_DELAY_MS = 200;
/** More than this over the wanted delay, for `EXCESS_TICKS` on end, and a packet is dropped. */
const EXCESS_MS = 60;
const EXCESS_TICKS = 25;
/** Concealed packets on end before the source counts as silent. */
const MAX_CONCEALED = 3;
/** Ticks after which one underrun's extra delay is given back. */
const CALM_TICKS = 500;

/**
 * From packets to one 20 ms frame per tick: order, decode, conceal, adapt the delay.
 *
 * ```
 * buffering --enough held--> playing --dry for 60 ms--> buffering (with more delay)
 * ```
 */
export class IncomingAudio {
  private readonly buffer = new JitterBuffer();
  private readonly decoder: AudioDecoder;
  private readonly fifo: PcmFifo;
  private readonly decoded = new Int16Array(MAX_DECODED_SAMPLES);
  private readonly frame: Int16Array;
  private playing = false;
  private packetSamples: number;
  private concealed = 0;
  private underrunDelayMs = 0;
  private calmTicks = 0;
  private excessTicks = 0;
  private dropped = 0;

  constructor(readonly codec: AudioCodec) {
    this.decoder = codec.createDecoder();
    this.packetSamples = samplesPerFrame(codec.sampleRate);
    this.frame = new Int16Array(this.packetSamples);
    this.fifo = new PcmFifo(MAX_DECODED_SAMPLES * 2);
  }

  insert(sequence: number, payload: Uint8Array | null): void {
    this.buffer.insert(sequence, payload);
  }

  /** The frame of this tick, overwritten by the next one; null while the source is silent or being buffered. */
  pull(jitterMs: number): Int16Array | null {
    const wantedMs = this.wantedDelayMs(jitterMs);
    if (!this.playing) {
      if (this.heldMs < wantedMs) return null;
      this.playing = true;
      this.concealed = 0;
    }
    this.trimExcess(wantedMs);
    while (this.fifo.length < this.frame.length) {
      if (!this.refill()) return this.fifo.drain(this.frame) > 0 ? this.frame : null;
    }
    this.fifo.read(this.frame);
    this.calmDown();
    return this.frame;
  }

  /** A new timeline (another SSRC, a restarted sender). */
  restart(): void {
    this.buffer.clear();
    this.fifo.clear();
    this.playing = false;
  }

  get discardedPackets(): number {
    return this.buffer.discarded + this.dropped;
  }

  close(): void {
    this.decoder.close();
  }

  /** Moves one packet, or its replacement, into the queue of samples; false when the source ran dry. */
  private refill(): boolean {
    const output = this.buffer.pop();
    switch (output.kind) {
      case 'skip':
        return true;
      case 'packet': {
        const count = this.decoder.decode(output.payload, this.decoded);
        if (count === 0) return this.conceal();
        this.packetSamples = count;
        this.concealed = 0;
        this.fifo.write(this.decoded, count);
        return true;
      }
      case 'lost':
        return this.conceal();
      case 'empty':
        if (this.concealed < MAX_CONCEALED) return this.conceal();
        this.playing = false;
        this.underrunDelayMs = Math.min(MAX_DELAY_MS, this.underrunDelayMs + FRAME_MS);
        return false;
    }
  }

  private conceal(): boolean {
    this.concealed += 1;
    const wanted = Math.min(this.packetSamples, MAX_DECODED_SAMPLES);
    this.fifo.write(this.decoded, this.decoder.conceal(this.decoded, wanted));
    return true;
  }

  private get heldMs(): number {
    return ((this.fifo.length + this.buffer.span * this.packetSamples) * 1000) / this.codec.sampleRate;
  }

  private wantedDelayMs(jitterMs: number): number {
    return Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, FRAME_MS + 3 * jitterMs) + this.underrunDelayMs);
  }

  /** The sender's clock is faster than ours, or a burst came late: lose one packet rather than stay behind. */
  private trimExcess(wantedMs: number): void {
    this.excessTicks = this.heldMs > wantedMs + EXCESS_MS ? this.excessTicks + 1 : 0;
    if (this.excessTicks < EXCESS_TICKS) return;
    this.excessTicks = 0;
    this.buffer.pop();
    this.dropped += 1;
  }

  private calmDown(): void {
    this.calmTicks += 1;
    if (this.calmTicks < CALM_TICKS) return;
    this.calmTicks = 0;
    this.underrunDelayMs = Math.max(0, this.underrunDelayMs - FRAME_MS);
  }
}
