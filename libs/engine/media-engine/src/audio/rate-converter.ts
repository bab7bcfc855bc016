import type { PipelineRate } from '../codecs/audio-codec.js';
import { samplesPerFrame } from '../codecs/audio-codec.js';
import type { Resampler, ResamplerFactory } from './resampler.js';

/** Brings the frames of one source to the rate of one consumer; the resampler exists only while rates differ. */
export class RateConverter {
  private resampler: Resampler | null = null;

  constructor(private readonly factory: ResamplerFactory) {}

  /** Returns the frame itself when the rates agree, otherwise a view that the next call overwrites. */
  convert(frame: Int16Array, toRate: PipelineRate): Int16Array {
    const fromRate = frame.length * 50;
    if (fromRate === toRate) return frame;
    if (this.resampler === null || this.resampler.fromRate !== fromRate || this.resampler.toRate !== toRate) {
      this.close();
      this.resampler = this.factory.create(fromRate, toRate);
    }
    const converted = this.resampler.process(frame);
    // Both rates are multiples of 8 kHz, so a frame always gives a frame.
    if (converted.length !== samplesPerFrame(toRate)) throw new Error('The resampler lost count of a frame.');
    return converted;
  }

  close(): void {
    this.resampler?.close();
    this.resampler = null;
  }
}
