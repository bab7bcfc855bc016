/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import { DTMF_COLUMNS_HZ, DTMF_LAYOUT, DTMF_ROWS_HZ } from './tone-generator.js';

const SAMPLE_RATE = 8000;
/** 12.75 ms: two of them lie within the 40 ms that a key lasts at least (ITU-T Q.24, table A-1). */
const BLOCK_SAMPLES = 102;
const BLOCK_MS = (BLOCK_SAMPLES * 1000) / SAMPLE_RATE;
const BLOCKS_TO_BEGIN = 2;
/** An interruption of 10 ms, which may lie in two blocks, ends nothing; a pause of 40 ms does. */
const BLOCKS_TO_END = 3;
/** Weaker tones are crosstalk: about -36 dBm0 each, as a sine's amplitude. */
const LEAST_AMPLITUDE = 240;
/** How much of a block's power the two tones hold together (-0.9 dB). Voices have more beside them. */
const LEAST_SHARE = 0.81;
/** A column may be this much weaker than its row, and a row than its column, in power (8 dB and 4 dB). */
const TWIST = 6.31;
const REVERSE_TWIST = 2.51;
/** A tone is this much stronger than the others of its group, in power (8 dB). */
const PEAK = 6.31;
const LEAST_POWER = ((LEAST_AMPLITUDE * BLOCK_SAMPLES) / 2) ** 2;

const coefficientOf = (hertz: number): number => 2 * Math.cos((2 * Math.PI * hertz) / SAMPLE_RATE);
const COEFFICIENTS = Float64Array.from([...DTMF_ROWS_HZ, ...DTMF_COLUMNS_HZ], coefficientOf);
const TONES = COEFFICIENTS.length;
const GROUP = TONES / 2;

export interface DtmfDetectorHandlers {
  onBegin(key: string): void;
  onEnd(key: string, durationMs: number): void;
}

/**
 * Keys that come as tones in the sound (ITU-T Q.23, Q.24), at 8 kHz: a Goertzel filter for each of the eight frequencies.
 *
 * ```
 * quiet --two blocks with the same key--> key down --three blocks without it--> quiet
 * ```
 */
export class DtmfDetector {
  private readonly before = new Float64Array(TONES);
  private readonly beforeThat = new Float64Array(TONES);
  private readonly powers = new Float64Array(TONES);
  private energy = 0;
  private samples = 0;
  private candidate = '';
  private hits = 0;
  private current: { readonly key: string; blocks: number } | null = null;
  private misses = 0;

  constructor(private readonly handlers: DtmfDetectorHandlers) {}

  /** @param frame null: silence, as long as a frame or longer */
  feed(frame: Int16Array | null): void {
    if (frame === null) {
      this.clearBlock();
      this.candidate = '';
      this.end();
      return;
    }
    const { before, beforeThat } = this;
    for (let index = 0; index < frame.length; index += 1) {
      const sample = frame[index]!;
      this.energy += sample * sample;
      for (let tone = 0; tone < TONES; tone += 1) {
        const now = sample + COEFFICIENTS[tone]! * before[tone]! - beforeThat[tone]!;
        beforeThat[tone] = before[tone]!;
        before[tone] = now;
      }
      this.samples += 1;
      if (this.samples === BLOCK_SAMPLES) this.judge(this.keyOfBlock());
    }
  }

  /** The key that is down is let go. */
  end(): void {
    const { current } = this;
    if (current === null) return;
    this.current = null;
    this.handlers.onEnd(current.key, Math.round(current.blocks * BLOCK_MS));
  }

  private judge(key: string): void {
    this.clearBlock();
    this.hits = key === this.candidate ? this.hits + 1 : 1;
    this.candidate = key;
    const { current } = this;
    if (current !== null && key === current.key) {
      current.blocks += this.misses + 1;
      this.misses = 0;
      return;
    }
    if (current !== null) {
      this.misses += 1;
      if (this.misses < BLOCKS_TO_END) return;
      this.end();
    }
    if (key === '' || this.hits < BLOCKS_TO_BEGIN) return;
    this.current = { key, blocks: this.hits };
    this.misses = 0;
    this.handlers.onBegin(key);
  }

  /** Empty where it holds none. */
  private keyOfBlock(): string {
    const { powers, before, beforeThat } = this;
    if (this.energy === 0) return '';
    for (let tone = 0; tone < TONES; tone += 1) {
      const [one, two] = [before[tone]!, beforeThat[tone]!];
      powers[tone] = one * one + two * two - COEFFICIENTS[tone]! * one * two;
    }
    const row = this.strongest(0);
    const column = this.strongest(GROUP);
    if (row < 0 || column < 0) return '';
    const [low, high] = [powers[row]!, powers[column]!];
    if (low > high * TWIST || high > low * REVERSE_TWIST) return '';
    // Of a sine alone, twice its power is the block's energy times its length.
    if (2 * (low + high) < LEAST_SHARE * BLOCK_SAMPLES * this.energy) return '';
    return DTMF_LAYOUT[row * GROUP + column - GROUP] ?? '';
  }

  /** Of the group that begins at `first`; negative where none stands out. */
  private strongest(first: number): number {
    const { powers } = this;
    let best = first;
    for (let tone = first + 1; tone < first + GROUP; tone += 1) if (powers[tone]! > powers[best]!) best = tone;
    if (powers[best]! < LEAST_POWER) return -1;
    for (let tone = first; tone < first + GROUP; tone += 1)
      if (tone !== best && powers[tone]! * PEAK > powers[best]!) return -1;
    return best;
  }

  private clearBlock(): void {
    this.before.fill(0);
    this.beforeThat.fill(0);
    this.energy = 0;
    this.samples = 0;
  }
}
