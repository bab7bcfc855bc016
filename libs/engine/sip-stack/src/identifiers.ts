import { MAGIC_COOKIE } from '@carillon/sip-message';
import type { Random } from './random.js';

const BLOCK_OCTETS = 1024;

/** Makes tags, branches, Call-IDs and cnonces that nobody can guess (RFC 3261 §19.3 asks for 32 random bits). */
export class Identifiers {
  /** Randomness is drawn in blocks, and written in digits at once: each tag alone would be felt at thousands of calls a second. */
  private digits: Buffer = Buffer.alloc(0);
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
    return Number.parseInt(this.text(4), 16) % limit;
  }

  /** Two digits an octet. */
  private text(octets: number): string {
    const from = this.used;
    const end = from + octets * 2;
    if (end > this.digits.length) {
      const { buffer, byteOffset, byteLength } = this.random.bytes(BLOCK_OCTETS);
      this.digits = Buffer.from(Buffer.from(buffer, byteOffset, byteLength).toString('hex'), 'latin1');
      this.used = 0;
      return this.text(octets);
    }
    this.used = end;
    return this.digits.latin1Slice(from, end);
  }
}
