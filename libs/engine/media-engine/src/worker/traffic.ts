const PORTS = 65_536;

/**
 * Over which port pairs anything has passed since they were opened, in memory that the engine and its threads share: the
 * thread of a pair marks it, and the engine need not ask for the figures of an endpoint where there are none.
 */
export class Traffic {
  readonly memory: SharedArrayBuffer;
  /** By pair: RTP ports are even. */
  private readonly marks: Uint8Array;

  /** @param memory of the other side */
  constructor(memory = new SharedArrayBuffer(PORTS / 2)) {
    this.memory = memory;
    this.marks = new Uint8Array(memory);
  }

  /** Something was received, or sent. */
  mark(rtpPort: number): void {
    this.marks[rtpPort >>> 1] = 1;
  }

  /** Before the thread is told to open the pair. */
  forget(rtpPort: number): void {
    Atomics.store(this.marks, rtpPort >>> 1, 0);
  }

  passedOver(rtpPort: number): boolean {
    return Atomics.load(this.marks, rtpPort >>> 1) !== 0;
  }
}
