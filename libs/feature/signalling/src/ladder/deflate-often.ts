import { constants, createDeflateRaw, deflateRawSync, type DeflateRaw, type ZlibOptions } from 'node:zlib';

/** What lies under a zlib stream of Node. */
interface Engine {
  reset(): void;
  /** Numbers of `state` afterwards: octets of `out` that are left, octets of `octets` that were not taken. */
  writeSync(...work: [flush: number, ...octets: Piece, ...out: Piece]): void;
}
type Piece = [octets: Uint8Array, from: number, length: number];

/** Room for what deflate makes longer (RFC 1951 §3.2.4: 5 octets for each block that is stored as it is). */
const MARGIN = 1024;

/**
 * Deflate (RFC 1951) for many short pieces. `deflateRawSync` makes a compressor for each one, and clears its memory, which
 * takes as long as a third of the work; here one is used again and again. Node offers that for streams alone: this drives the
 * engine beneath one. Where Node has none like it, or the engine has failed, each piece gets a compressor of its own.
 */
export class DeflateOften {
  private readonly stream: DeflateRaw;
  private readonly engine: Engine | undefined;
  private readonly state: Uint32Array | undefined;
  private out = Buffer.allocUnsafeSlow(16 * 1024);
  private failed = false;

  constructor(private readonly options: ZlibOptions) {
    this.stream = createDeflateRaw(options);
    this.stream.on('error', () => (this.failed = true));
    const { _handle: engine, _writeState: state } = this.stream as unknown as Record<string, unknown>;
    if (isEngine(engine) && state instanceof Uint32Array) {
      this.engine = engine;
      this.state = state;
    }
  }

  /** Whether one compressor does it all. */
  get reuses(): boolean {
    return this.engine !== undefined && !this.failed;
  }

  /** @returns what is packed, behind `room` octets for the caller to fill */
  deflate(plain: Uint8Array, room = 0): Buffer {
    const length = this.deflateToOut(plain);
    const packed = length === undefined ? deflateRawSync(plain, this.options) : this.out.subarray(0, length);
    const all = Buffer.allocUnsafe(room + packed.length);
    all.set(packed, room);
    return all;
  }

  /** @returns undefined where it could not be done */
  private deflateToOut(plain: Uint8Array): number | undefined {
    const { engine, state } = this;
    if (engine === undefined || state === undefined || this.failed) return undefined;
    if (this.out.length < plain.length + MARGIN) this.out = Buffer.allocUnsafeSlow(plain.length * 2 + MARGIN);
    const { out } = this;
    engine.reset();
    engine.writeSync(constants.Z_FINISH, plain, 0, plain.length, out, 0, out.length);
    const [left = 0, notTaken = 0] = state;
    return left > 0 && notTaken === 0 && !this.failed ? out.length - left : undefined;
  }
}

function isEngine(engine: unknown): engine is Engine {
  return (
    typeof engine === 'object' &&
    engine !== null &&
    ['reset', 'writeSync'].every((name) => typeof (engine as Record<string, unknown>)[name] === 'function')
  );
}
