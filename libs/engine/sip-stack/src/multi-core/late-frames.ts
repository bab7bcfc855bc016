import type { HandOverFrame } from './pinning.js';

/** Longer than a worker takes to start again; whoever waits for an answer has given up after 32 s (RFC 3261 §17.1). */
const KEPT_MILLISECONDS = 20_000;
/** Of all workers together. */
const MAX_FRAMES = 2_000;

interface LateFrame {
  readonly frame: HandOverFrame;
  readonly at: number;
}

/** Messages for workers that have ended and are being started again. */
export class LateFrames {
  private readonly waiting = new Map<number, LateFrame[]>();
  private count = 0;

  constructor(
    private readonly now: () => number,
    private readonly most = MAX_FRAMES,
  ) {}

  away(worker: number): void {
    if (!this.waiting.has(worker)) this.waiting.set(worker, []);
  }

  isAway(worker: number): boolean {
    return this.waiting.has(worker);
  }

  /** @returns whether the worker is away; beyond the bound a frame is lost then */
  keep(worker: number, frame: HandOverFrame): boolean {
    const frames = this.waiting.get(worker);
    if (frames === undefined) return false;
    if (this.count < this.most) {
      this.count += 1;
      // The buffer of a connection is used again.
      frames.push({ frame: { ...frame, bytes: Buffer.from(frame.bytes) }, at: this.now() });
    }
    return true;
  }

  /** It is there again. @returns what is still worth telling it, in order */
  back(worker: number): HandOverFrame[] {
    const frames = this.waiting.get(worker) ?? [];
    this.waiting.delete(worker);
    this.count -= frames.length;
    const oldest = this.now() - KEPT_MILLISECONDS;
    return frames.filter(({ at }) => at >= oldest).map(({ frame }) => frame);
  }
}
