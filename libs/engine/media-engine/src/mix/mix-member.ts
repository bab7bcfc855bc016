import type { ResamplerFactory } from '../audio/resampler.js';
import { RateConverter } from '../audio/rate-converter.js';
import { SpeechDetector } from '../audio/speech-detector.js';
import type { Speaker } from '../endpoint/heard-source.js';

/** Ticks of silence after which a member may share the encoder of those who only listen. */
const SHARING_AFTER_TICKS = 50;

/** One voice of a mix, at both rates of the mix. */
export class MixMember {
  readonly detector = new SpeechDetector();
  muted = false;
  /** This tick's contribution; null when there is none. */
  wide: Int16Array | null = null;
  narrow: Int16Array | null = null;
  private quietTicks = SHARING_AFTER_TICKS;
  private readonly toWide: RateConverter;
  private readonly toNarrow: RateConverter;

  constructor(
    readonly memberId: string,
    readonly speaker: Speaker,
    resamplers: ResamplerFactory,
  ) {
    this.toWide = new RateConverter(resamplers);
    this.toNarrow = new RateConverter(resamplers);
    speaker.retainDecoding();
  }

  tick(narrowWanted: boolean): void {
    const frame = this.muted ? null : this.speaker.currentFrame;
    this.detector.observe(frame);
    this.quietTicks = frame === null ? this.quietTicks + 1 : 0;
    this.wide = frame === null ? null : this.toWide.convert(frame, 16000);
    this.narrow = frame === null || !narrowWanted ? null : this.toNarrow.convert(frame, 8000);
  }

  /** True once this member has been quiet for so long that it hears just what the other listeners hear. */
  get sharesEncoder(): boolean {
    return this.quietTicks >= SHARING_AFTER_TICKS;
  }

  close(): void {
    this.toWide.close();
    this.toNarrow.close();
    this.speaker.releaseDecoding();
  }
}
