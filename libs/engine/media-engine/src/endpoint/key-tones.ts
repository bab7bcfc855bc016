import { DtmfDetector, type DtmfDetectorHandlers } from '../audio/dtmf-detector.js';
import { samplesPerFrame } from '../codecs/audio-codec.js';
import type { DecodingPath } from './decoding-path.js';

/** A key by signalling within this of the same one as a tone is that one. */
const SAME_KEY_MS = 1500;
const NARROWBAND_FRAME = samplesPerFrame(8000);

/** Keys of who agreed on no telephone-events: listened for in the sound, which is decoded for as long. */
export class KeyTones {
  private detector: DtmfDetector | null = null;
  private isToldOtherwise = false;
  private latest: { readonly key: string; readonly atMs: number } | null = null;
  private nowMs = 0;

  constructor(
    private readonly speaker: DecodingPath,
    private readonly handlers: DtmfDetectorHandlers,
  ) {}

  /** Listens from now on, or no longer. */
  listen(wanted: boolean): void {
    const listens = wanted && !this.isToldOtherwise;
    if (listens === (this.detector !== null)) return;
    if (listens) {
      this.detector = new DtmfDetector({
        onBegin: (key) => {
          this.latest = { key, atMs: this.nowMs };
          this.handlers.onBegin(key);
        },
        onEnd: (key, durationMs) => this.handlers.onEnd(key, durationMs),
      });
      this.speaker.retainDecoding();
      return;
    }
    const { detector } = this;
    this.detector = null;
    detector?.end();
    this.speaker.releaseDecoding();
  }

  /** Hears this tick's frame. */
  tick(nowMs: number): void {
    if (this.detector === null) return;
    this.nowMs = nowMs;
    const { currentFrame } = this.speaker;
    this.detector.feed(currentFrame?.length === NARROWBAND_FRAME ? currentFrame : null);
  }

  /**
   * A key came by signalling: who sends them so may let them be heard as well, so that from now on tones are sound alone.
   * @returns whether it was heard already
   */
  toldOtherwise(key: string, nowMs: number): boolean {
    const { latest } = this;
    this.isToldOtherwise = true;
    this.latest = null;
    this.listen(false);
    return latest !== null && latest.key === key && nowMs - latest.atMs < SAME_KEY_MS;
  }
}
