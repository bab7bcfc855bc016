import { parseMessage } from '@carillon/sip-message';
import type { Malformed, MessageLimits, SipMessage } from '@carillon/sip-message';
import { hasEndOfHead } from './end-of-head.js';
import { malformedLength } from './malformed-length.js';

const CR = 13;
const LF = 10;

export interface FramerEvents {
  message(message: SipMessage): void;
  /** CRLFCRLF between messages, so many in a row: answer each with CRLF (RFC 5626 §3.5.1). */
  ping(times: number): void;
  /** A lone CRLF between messages: the answer to a ping, or what a careless sender puts behind a message. */
  pong(): void;
  /** @param followed the stream goes on with the next message; else nobody can tell where that begins */
  malformed(problem: Malformed, followed: boolean): void;
}

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3). A chunk with whole messages is not copied;
 * only a message spread over chunks is gathered, in a buffer that doubles, so slow drips cost linear work.
 */
export class StreamFramer {
  private pending: Buffer = Buffer.alloc(0);
  private length = 0;
  /** Where the search for the end of the head goes on. */
  private scanned = 0;
  /** Octets needed before another try; 0 while the head is unfinished. */
  private needed = 0;
  /** Octets of a malformed message that are still to come. */
  private toSkip = 0;
  /** The peer has sent a whole message: it does speak SIP, and one bad message is not held against the others. */
  private speaksSip = false;
  private broken = false;

  constructor(
    private readonly limits: MessageLimits,
    private readonly events: FramerEvents,
  ) {}

  /** True while a started message waits for its rest. */
  get partial(): boolean {
    return this.length > 0 || this.toSkip > 0;
  }

  push(chunk: Buffer): void {
    if (this.broken) return;
    if (this.length === 0) {
      this.consume(chunk, false);
      return;
    }
    this.append(chunk);
    this.consume(this.pending.subarray(0, this.length), true);
  }

  private consume(input: Buffer, owned: boolean): void {
    let rest = input;
    while (rest.length > 0 && !this.broken) {
      if (this.toSkip > 0) {
        const skipped = Math.min(this.toSkip, rest.length);
        this.toSkip -= skipped;
        rest = rest.subarray(skipped);
        continue;
      }
      rest = this.skipKeepAlives(rest);
      if (rest.length === 0) break;
      const used = this.takeMessage(rest);
      if (used === 0) break;
      rest = rest.subarray(used);
      this.scanned = 0;
      this.needed = 0;
    }
    if (this.broken || rest.length === 0) {
      this.reset();
    } else if (!(owned && rest.length === this.length)) {
      // What is left starts a message (or half a keep-alive) of its own.
      this.pending = Buffer.allocUnsafeSlow(Math.max(2048, rest.length * 2));
      rest.copy(this.pending);
      this.length = rest.length;
    }
  }

  /** @returns octets used, 0 when the message is not whole yet */
  private takeMessage(bytes: Buffer): number {
    if (bytes.length < this.needed) return 0;
    if (this.needed === 0) {
      const whole = hasEndOfHead(bytes, this.scanned);
      this.scanned = Math.max(0, bytes.length - 2);
      if (!whole && bytes.length <= this.limits.maxHeadBytes) return 0;
    }
    const result = parseMessage(bytes, { framing: 'stream', limits: this.limits });
    if (result.ok) {
      this.speaksSip = true;
      this.events.message(result.message);
      return result.length;
    }
    if ('malformed' in result) return this.takeMalformed(bytes, result);
    this.needed = result.needed;
    return 0;
  }

  private takeMalformed(bytes: Buffer, problem: Malformed): number {
    const whole = this.speaksSip ? malformedLength(bytes, problem, this.limits) : undefined;
    this.broken = whole === undefined;
    this.events.malformed(problem, whole !== undefined);
    if (whole === undefined) return 0;
    this.toSkip = Math.max(0, whole - bytes.length);
    return Math.min(whole, bytes.length);
  }

  private skipKeepAlives(bytes: Buffer): Buffer {
    let at = 0;
    let pairs = 0;
    for (;;) {
      if (bytes[at] === CR && bytes[at + 1] === LF) {
        pairs++;
        at += 2;
      } else if (bytes[at] === LF) {
        // Asks nothing, and begins no message either.
        at++;
      } else break;
    }
    if (at === 0) return bytes;
    const pings = pairs >> 1;
    if (pings > 0) this.events.ping(pings);
    if (pairs % 2 !== 0) this.events.pong();
    return bytes.subarray(at);
  }

  private append(chunk: Buffer): void {
    const total = this.length + chunk.length;
    if (total > this.pending.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(total, this.pending.length * 2));
      this.pending.copy(larger, 0, 0, this.length);
      this.pending = larger;
    }
    chunk.copy(this.pending, this.length);
    this.length = total;
  }

  private reset(): void {
    this.pending = Buffer.alloc(0);
    this.length = 0;
    this.scanned = 0;
    this.needed = 0;
  }
}
