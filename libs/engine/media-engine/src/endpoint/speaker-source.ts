import type { ResamplerFactory } from '../audio/resampler.js';
import { RateConverter } from '../audio/rate-converter.js';
import type { PipelineRate } from '../codecs/audio-codec.js';
import type { HeardSource, Speaker } from './heard-source.js';

/** Hears one speaker, decoded: a peer with another codec, or oneself as echo. */
export class SpeakerSource implements HeardSource {
  private readonly converter: RateConverter;
  private closed = false;

  constructor(
    private readonly speaker: Speaker,
    factory: ResamplerFactory,
  ) {
    this.converter = new RateConverter(factory);
    speaker.retainDecoding();
  }

  frameFor(rate: PipelineRate): Int16Array | null {
    const frame = this.speaker.currentFrame;
    return frame === null ? null : this.converter.convert(frame, rate);
  }

  sharedPayload(): null {
    return null;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.speaker.releaseDecoding();
    this.converter.close();
  }
}
