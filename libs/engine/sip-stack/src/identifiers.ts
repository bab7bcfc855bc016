import { MAGIC_COOKIE } from '@carillon/sip-message';
import type { Random } from './random.js';

/** Makes tags, branches, Call-IDs and cnonces that nobody can guess (RFC 3261 §19.3 asks for 32 random bits). */
export class Identifiers {
  /** Randomness is drawn in blocks: a system call for each tag would be felt at thousands of calls a second. */
  private block: Buffer = Buffer.alloc(0);
  private used = 0;

  /** @param isOwn which Call-IDs may be made, where several processes share the calls by them */
  constructor(
    private readonly random: Random,
    private readonly isOwn: (callId: string) => boolean = () => true,
  ) {}

  tag(): string {
    return this.text(8);
  }

  branch(): string {
    return MAGIC_COOKIE + this.text(12);
  }

  callId(): string {
    let callId = this.text(16);
    while (!this.isOwn(callId)) callId = this.text(16);
    return callId;
  }

  cnonce(): string {
    return this.text(12);
  }

  /** A number in [0, limit). */
  below(limit: number): number {
    return this.take(4).readUInt32BE(0) % limit;
  }

  private text(length: number): string {
    return this.take(length).toString('hex');
  }

  private take(length: number): Buffer {
    if (this.used + length > this.block.length) {
      const bytes = this.random.bytes(1024);
      this.block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.used = 0;
    }
    const taken = this.block.subarray(this.used, this.used + length);
    this.used += length;
    return taken;
  }
}
