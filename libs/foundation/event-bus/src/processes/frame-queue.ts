import type { BusFrame, BusLink } from './bus-link.js';

/** Frames that the other process has not taken yet; beyond, it is too slow to be asked. */
const MAX_WAITING = 20_000;

/** Frames on their way to one other process: those of one turn of the event loop go together, which is most of their cost. */
export class FrameQueue {
  private waiting: BusFrame[] = [];
  private sent = 0;
  private flushing = false;
  private closed = false;

  /** @param refused a frame that cannot be copied to another process */
  constructor(
    private readonly link: BusLink,
    private readonly refused: (frame: BusFrame, error: unknown) => void,
    private readonly most = MAX_WAITING,
  ) {}

  /** @returns false where too much waits already, or the other process is gone: the frame is not sent then */
  push(frame: BusFrame): boolean {
    if (this.closed || this.waiting.length + this.sent >= this.most) return false;
    this.waiting.push(frame);
    if (!this.flushing) {
      this.flushing = true;
      setImmediate(() => this.flush());
    }
    return true;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.closed = true;
    this.waiting = [];
  }

  private flush(): void {
    this.flushing = false;
    const frames = this.waiting;
    this.waiting = [];
    if (frames.length === 0 || this.closed) return;
    try {
      this.send(frames);
    } catch {
      // One of them cannot be copied: the others go without it.
      for (const frame of frames) this.sendAlone(frame);
    }
  }

  private sendAlone(frame: BusFrame): void {
    try {
      this.send([frame]);
    } catch (error) {
      this.refused(frame, error);
    }
  }

  private send(frames: readonly BusFrame[]): void {
    this.link.send(frames, () => (this.sent -= frames.length));
    this.sent += frames.length;
  }
}
