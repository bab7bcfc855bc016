import type { AudioCodec } from '../codecs/audio-codec.js';
import { FRAME_MS, MAX_DECODED_SAMPLES } from '../codecs/audio-codec.js';
import { PcmFifo } from '../audio/pcm-fifo.js';
import { JitterBuffer } from './jitter-buffer.js';
import { StreamDecoders, type StreamDecoder } from './stream-decoders.js';

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
 * From packets to one 20 ms frame per tick: order, decode, conceal, adapt the delay. Each packet is decoded with its own
 * codec, so that a stream may go from one to another between two of them; frames are at the rate of the latest.
 *
 * ```
 * buffering --enough held--> playing --dry for 60 ms--> buffering (with more delay)
 * ```
 */
export class IncomingAudio {
  private readonly buffer = new JitterBuffer();
  private readonly decoders = new StreamDecoders();
  private readonly fifo: PcmFifo;
  private readonly decoded = new Int16Array(MAX_DECODED_SAMPLES);
  private current: StreamDecoder;
  private playing = false;
  private packetSamples: number;
  private concealed = 0;
  private underrunDelayMs = 0;
  private calmTicks = 0;
  private excessTicks = 0;
  private dropped = 0;

  /** @param codec of the first packet */
  constructor(codec: AudioCodec) {
    this.current = this.decoders.of(codec);
    this.packetSamples = this.current.frame.length;
    this.fifo = new PcmFifo(MAX_DECODED_SAMPLES * 2);
  }

  /** @param codec null: a packet that carries no audio */
  insert(sequence: number, payload: Uint8Array, codec: AudioCodec | null): void {
    this.buffer.insert(sequence, payload, codec);
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
    while (this.fifo.length < this.current.frame.length) {
      if ((this.fifo.length > 0 && this.isRateAboutToChange) || !this.refill()) {
        const { frame } = this.current;
        return this.fifo.drain(frame) > 0 ? frame : null;
      }
    }
    const { frame } = this.current;
    this.fifo.read(frame);
    this.calmDown();
    return frame;
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
    this.decoders.close();
  }

  /** Moves one packet, or its replacement, into the queue of samples; false when the source ran dry. */
  private refill(): boolean {
    const output = this.buffer.pop();
    switch (output.kind) {
      case 'skip':
        return true;
      case 'packet': {
        if (output.codec !== this.current.codec) this.turnTo(output.codec);
        const count = this.current.decoder.decode(output.payload, this.decoded);
        if (count === 0) return this.conceal();
        this.packetSamples = count;
        this.concealed = 0;
        this.fifo.write(this.decoded, count);
        return true;
      }
      case 'lost':
        return this.conceal();
      case 'empty':
        // No more than a frame at a time: what is late comes behind it.
        if (this.concealed < MAX_CONCEALED) return this.conceal(this.current.frame.length);
        this.playing = false;
        this.underrunDelayMs = Math.min(MAX_DELAY_MS, this.underrunDelayMs + FRAME_MS);
        return false;
    }
  }

  /** What is left of the samples at one rate is heard out before those at another. */
  private get isRateAboutToChange(): boolean {
    const next = this.buffer.nextCodec;
    return next !== null && next.sampleRate !== this.current.codec.sampleRate;
  }

  private turnTo(codec: AudioCodec): void {
    const before = this.current.codec;
    this.current = this.decoders.of(codec);
    this.packetSamples = (this.packetSamples * codec.sampleRate) / before.sampleRate;
  }

  private conceal(samples = this.packetSamples): boolean {
    this.concealed += 1;
    const wanted = Math.min(samples, MAX_DECODED_SAMPLES);
    this.fifo.write(this.decoded, this.current.decoder.conceal(this.decoded, wanted));
    return true;
  }

  private get heldMs(): number {
    return ((this.fifo.length + this.buffer.span * this.packetSamples) * 1000) / this.current.codec.sampleRate;
  }

  /** At least a packet and a frame: the next long packet may be a little late. */
  private wantedDelayMs(jitterMs: number): number {
    const packetMs = (this.packetSamples * 1000) / this.current.codec.sampleRate;
    const leastMs = Math.max(MIN_DELAY_MS, packetMs + FRAME_MS, FRAME_MS + 3 * jitterMs);
    return Math.min(MAX_DELAY_MS, leastMs + this.underrunDelayMs);
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
