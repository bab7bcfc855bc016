import { sequenceDistance } from '@carillon/rtp';
import type { AudioCodec } from '../codecs/audio-codec.js';

const SLOTS = 64;

/** What the buffer has for the next sequence number. */
export type JitterBufferOutput =
  | { kind: 'packet'; payload: Uint8Array; codec: AudioCodec }
  /** Missing while later ones are here. */
  | { kind: 'lost' }
  /** A sequence number that carried no audio (telephone-event). */
  | { kind: 'skip' }
  | { kind: 'empty' };

const LOST: JitterBufferOutput = { kind: 'lost' };
const SKIP: JitterBufferOutput = { kind: 'skip' };
const EMPTY: JitterBufferOutput = { kind: 'empty' };

/** Puts packets back in order. Knows nothing of time: how much to hold back is decided by `IncomingAudio`. */
export class JitterBuffer {
  private readonly payloads = Array.from<Uint8Array | null>({ length: SLOTS }).fill(null);
  private readonly codecs = Array.from<AudioCodec | null>({ length: SLOTS }).fill(null);
  private readonly occupied = new Uint8Array(SLOTS);
  private next = 0;
  private highest = 0;
  private started = false;
  /** Too late, too early or duplicate. */
  discarded = 0;

  /** `codec` null marks a sequence number without audio. */
  insert(sequence: number, payload: Uint8Array, codec: AudioCodec | null): void {
    if (!this.started) this.begin(sequence);
    const ahead = sequenceDistance(sequence, this.next);
    if (ahead < 0) {
      this.discarded += 1;
      return;
    }
    if (ahead >= SLOTS) {
      this.discarded += this.span;
      this.clear();
      this.begin(sequence);
    }
    const slot = sequence % SLOTS;
    if (this.occupied[slot] === 1) {
      this.discarded += 1;
      return;
    }
    this.occupied[slot] = 1;
    this.payloads[slot] = payload;
    this.codecs[slot] = codec;
    if (sequenceDistance(sequence, this.highest) > 0) this.highest = sequence;
  }

  pop(): JitterBufferOutput {
    if (this.span <= 0) return EMPTY;
    const slot = this.next % SLOTS;
    this.next = (this.next + 1) & 0xffff;
    if (this.occupied[slot] === 0) return LOST;
    const payload = this.payloads[slot] ?? null;
    const codec = this.codecs[slot] ?? null;
    this.occupied[slot] = 0;
    this.payloads[slot] = null;
    return payload === null || codec === null ? SKIP : { kind: 'packet', payload, codec };
  }

  /** Of the packet that `pop` is about to give; null where it gives none. */
  get nextCodec(): AudioCodec | null {
    const slot = this.next % SLOTS;
    return this.span > 0 && this.occupied[slot] === 1 ? (this.codecs[slot] ?? null) : null;
  }

  /** Sequence numbers from the next to the highest held, missing ones included. */
  get span(): number {
    return this.started ? sequenceDistance(this.highest, this.next) + 1 : 0;
  }

  /** Forgets everything: the next packet begins a new timeline. */
  clear(): void {
    this.payloads.fill(null);
    this.occupied.fill(0);
    this.started = false;
  }

  private begin(sequence: number): void {
    this.started = true;
    this.next = sequence;
    this.highest = (sequence - 1) & 0xffff;
  }
}
