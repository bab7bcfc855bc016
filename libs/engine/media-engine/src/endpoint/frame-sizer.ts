import { FRAME_MS, samplesPerFrame, type PipelineRate } from '../codecs/audio-codec.js';
import { STALE_MS } from './packet-sizer.js';

/** What an Opus frame may last (RFC 6716 §2.1.4) that suits our own frames; the longest that phones are asked to take. */
const OPUS_FRAMES_MS = [10, 20, 40, 60];

/** Milliseconds of Opus in a packet for who likes so many: never more, so that `maxptime` holds. */
export function opusPacketMs(likedMs: number): number {
  return OPUS_FRAMES_MS.findLast((frameMs) => frameMs <= likedMs) ?? OPUS_FRAMES_MS[0] ?? FRAME_MS;
}

/** Cuts and joins frames of 20 ms to frames of another length before they are encoded, as Opus needs it. */
export class FrameSizer {
  private readonly whole: Int16Array;
  private filled = 0;
  private beganMs = 0;
  private lastMs = -Infinity;

  /** @param send gets each frame that is whole, with when its first sample was said; it holds until that returns */
  constructor(
    readonly frameMs: number,
    rate: PipelineRate,
    private readonly send: (frame: Int16Array, atMs: number) => void,
  ) {
    this.whole = new Int16Array((samplesPerFrame(rate) * frameMs) / FRAME_MS);
  }

  /** @param frame null: silence of 20 ms */
  push(frame: Int16Array | null, nowMs: number): void {
    if (nowMs - this.lastMs > STALE_MS) this.filled = 0;
    this.lastMs = nowMs;
    const { whole, frameMs } = this;
    const samples = (whole.length * FRAME_MS) / frameMs;
    if (this.filled === 0) this.beganMs = nowMs;
    for (let index = 0; index < samples; index += 1) {
      whole[this.filled] = frame?.[index] ?? 0;
      this.filled += 1;
      if (this.filled < whole.length) continue;
      this.filled = 0;
      this.send(whole, this.beganMs);
      this.beganMs += frameMs;
    }
  }
}
