import { Duplex } from 'node:stream';
import type { Clock } from '../clock.js';

/** How one direction of a stream carries octets: when each chunk arrives, and how it is cut. */
export interface StreamFate {
  /** Milliseconds until it arrives; never before what was written earlier. */
  readonly delay: (bytes: Buffer) => number;
  /** The chunks that it arrives in. */
  readonly cut: (bytes: Buffer) => readonly Buffer[];
}

/** One end of a reliable connection within the process, on a virtual clock; looks like a TCP socket to the transport. */
export class MemorySocket extends Duplex {
  private peer: MemorySocket | undefined;
  private lastArrival = 0;

  private constructor(
    private readonly clock: Clock,
    private readonly fate: StreamFate,
  ) {
    super({ allowHalfOpen: false });
  }

  /** Two ends, connected. */
  static pair(clock: Clock, fate: StreamFate): [MemorySocket, MemorySocket] {
    const [one, other] = [new MemorySocket(clock, fate), new MemorySocket(clock, fate)];
    one.peer = other;
    other.peer = one;
    return [one, other];
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    // Octets are pushed when they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const part of this.fate.cut(Buffer.from(chunk))) {
      this.arrive(this.fate.delay(part), (peer) => peer.push(part));
    }
    done();
  }

  override _final(done: () => void): void {
    this.arrive(0, (peer) => peer.push(null));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.arrive(0, (peer) => peer.destroy());
    done(error);
  }

  private arrive(delay: number, then: (peer: MemorySocket) => void): void {
    const { clock, peer } = this;
    if (peer === undefined) return;
    this.lastArrival = Math.max(this.lastArrival, clock.now() + delay);
    clock.setTimeout(() => {
      if (!peer.destroyed) then(peer);
    }, this.lastArrival - clock.now());
  }
}
