import { addFrame } from '../audio/add-frames.js';
import { RateConverter } from '../audio/rate-converter.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import { samplesPerFrame, type PipelineRate } from '../codecs/audio-codec.js';
import type { Recording } from '../recorder/recording.js';
import type { DecodingPath } from './decoding-path.js';

/** The recordings of one phone: of what it says, or of both sides as one sound. */
export class EndpointRecordings {
  private readonly recordings = new Set<Recording>();
  private readonly converter: RateConverter;
  private both: Int16Array | null = null;

  /** @param speaker what the phone says; decoded for as long as somebody records it */
  constructor(
    private readonly speaker: DecodingPath,
    resamplers: ResamplerFactory,
  ) {
    this.converter = new RateConverter(resamplers);
  }

  /** Whether any is of what the phone hears as well. */
  get ofBothSides(): boolean {
    for (const recording of this.recordings) if (isOfBoth(recording)) return true;
    return false;
  }

  add(recording: Recording): void {
    this.recordings.add(recording);
    this.speaker.retainDecoding();
  }

  /** Takes this tick's sound. @param heard null: silence @returns whether one was over, and is gone */
  feed(heard: Int16Array | null): boolean {
    let isOver = false;
    for (const recording of this.recordings) {
      if (recording.isEnding) {
        this.recordings.delete(recording);
        this.speaker.releaseDecoding();
        isOver = true;
      } else recording.write(isOfBoth(recording) && heard !== null ? this.withHeard(heard) : this.speaker.currentFrame);
    }
    return isOver;
  }

  /** A key may end a recording. */
  offerKey(key: string): void {
    for (const recording of this.recordings) recording.offerDigit(key);
  }

  /** Ends all. @returns when their files are in place; undefined where there were none */
  end(): Promise<void> | undefined {
    this.converter.close();
    if (this.recordings.size === 0) return undefined;
    const ending = [...this.recordings].map((recording) => recording.end('target-closed'));
    return Promise.all(ending).then(() => this.recordings.clear());
  }

  private withHeard(heard: Int16Array): Int16Array {
    if (this.both?.length !== heard.length) this.both = new Int16Array(heard.length);
    this.both.set(heard);
    const said = this.speaker.currentFrame;
    // It need not say it in the codec that it hears.
    return said === null ? this.both : addFrame(this.both, this.converter.convert(said, rateOf(heard)));
  }
}

function rateOf(frame: Int16Array): PipelineRate {
  return frame.length === samplesPerFrame(8000) ? 8000 : 16_000;
}

function isOfBoth({ request: { target } }: Recording): boolean {
  return target.kind === 'endpoint' && target.side === 'both';
}
