/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import { MAX_DECODED_SAMPLES } from './audio-codec.js';

/** Each repetition of the last good packet is this much quieter: 60 ms fade to nothing. */
const FADE_PER_REPETITION = 0.5;
const MAX_REPETITIONS = 4;

/** The simplest packet loss concealment: the last packet again, fading (in the spirit of G.711 Appendix I). */
export class RepeatingConcealment {
  private readonly last = new Int16Array(MAX_DECODED_SAMPLES);
  private lastCount = 0;
  private repetitions = 0;

  /** Keeps what was decoded last. */
  remember(samples: Int16Array, count: number): void {
    this.last.set(count === samples.length ? samples : samples.subarray(0, count));
    this.lastCount = count;
    this.repetitions = 0;
  }

  /** Writes `samples` samples, silence when there is nothing left to repeat. */
  fill(into: Int16Array, samples: number): number {
    this.repetitions += 1;
    if (this.lastCount === 0 || this.repetitions > MAX_REPETITIONS) {
      into.fill(0, 0, samples);
      return samples;
    }
    const gain = FADE_PER_REPETITION ** this.repetitions;
    for (let index = 0; index < samples; index += 1) into[index] = this.last[index % this.lastCount]! * gain;
    return samples;
  }
}
