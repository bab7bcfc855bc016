import type { ToneStep } from '../api/play.js';
import { ToneGenerator } from '../audio/tone-generator.js';
import type { PcmSource } from './pcm-source.js';

/** Tones reach 4 kHz at most, so narrowband is enough; the player resamples for wideband listeners. */
const TONE_RATE = 8000;

/** Tone steps, or silence as a step without frequencies. */
export class ToneSource implements PcmSource {
  readonly sampleRate = TONE_RATE;
  private readonly generator: ToneGenerator;

  constructor(steps: readonly ToneStep[], levelDbov?: number) {
    this.generator = new ToneGenerator(steps, TONE_RATE, levelDbov);
  }

  async open(): Promise<void> {
    // Nothing to open.
  }

  read(into: Int16Array): number {
    return this.generator.read(into);
  }

  rewind(): void {
    this.generator.restart();
  }

  async close(): Promise<void> {
    // Nothing to close.
  }
}
